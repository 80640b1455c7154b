"""Kill -9 of a whole bench at any moment: the next one finishes, every file parses, and the report is the same bytes."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.corpora import write_corpus

COMMAND = [sys.executable, "-m", "harness", "bench", "-x", "everything", "-x", "nothing", "-x", "justext", "-x", "c4-lines"]
KILLS = 10


def _report_folder(root: Path) -> Path:
    (folder,) = (root / ".clutterbench" / "runs").glob("*/report")
    return folder


def _reports(root: Path) -> dict[str, bytes]:
    folder = _report_folder(root)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
def test_ten_kills(tmp_path: Path) -> None:
    write_corpus(tmp_path, {f"site{number}": f"Place {number}" for number in range(8)})
    started = time.monotonic()
    subprocess.run(COMMAND, cwd=tmp_path, check=True, capture_output=True)
    whole = time.monotonic() - started
    reports = _reports(tmp_path)
    generator = random.Random(20261121)
    killed = 0
    for _ in range(KILLS):
        # Half of the kills hit a first run, half one that resumes; both must end in the same files.
        if generator.random() < 0.5:
            shutil.rmtree(tmp_path / ".clutterbench")
        else:
            shutil.rmtree(_report_folder(tmp_path))
        run = subprocess.Popen(COMMAND, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(generator.uniform(0.05, whole))
        killed += run.poll() is None
        os.killpg(run.pid, signal.SIGKILL) if run.poll() is None else None
        run.wait()
        # A kill in the midst of a write leaves a hidden ".part" file beside the old one.
        for path in (tmp_path / ".clutterbench").rglob("[!.]*.json*"):
            for line in path.read_text().splitlines() if path.suffix == ".jsonl" else [path.read_text()]:
                json.loads(line)
        after = subprocess.run(COMMAND, cwd=tmp_path, capture_output=True, text=True)
        assert after.returncode == 0, after.stderr
        assert _reports(tmp_path) == reports
    assert killed >= KILLS // 3
