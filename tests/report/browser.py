"""Debian's Chromium for tests of the report; they are skipped, with the reason, where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

EXECUTABLE = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium. Skips the test where there is none."""
    if not os.path.exists(EXECUTABLE):  # noqa: PTH110
        pytest.skip(f"needs Chromium to look at the report: {EXECUTABLE} is not there (Debian: apt-get install chromium; or set CHROMIUM)")
    with sync_playwright() as playwright:
        # In a container without user namespaces Chromium's own sandbox cannot start; nothing here is opened but what the test wrote.
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
