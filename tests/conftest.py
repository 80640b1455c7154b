"""Fixtures for every test."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# The gate must not depend on luck or on a loaded machine: the same examples each time, and no deadline.
settings.register_profile("gate", derandomize=True, deadline=None)
settings.load_profile("gate")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of references and specimens beside the checkout; tests that need it are skipped where it is absent."""
    folder = Path(__file__).resolve().parents[1].parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the shared reference folder beside the checkout (../shared), which is not part of the repository")
    return folder
