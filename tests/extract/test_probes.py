"""Every way in which an extractor can go wrong, each between two good pages that must survive it.

`python tests/extract/test_probes.py` prints what each probe came to.
"""

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from harness import registry
from harness.extract.sandbox import Limits
from harness.extract.schedule import RunFacts, Task, extract
from harness.records import Extraction

PLUGIN = Path(__file__).parent / "probes.py"
LIMITS = Limits(cpu=0.5, wall_factor=20, memory=400 << 20, start=30)
IMPATIENT = Limits(cpu=0.5, wall_factor=3, memory=400 << 20, start=30)  # for what sleeps; a busy machine needs the other
MARK = f"probe-of-{os.getpid()}"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a guarantee of Linux only")

# probe: (page, status, what its detail must say)
FAILURES = {
    "raises": ("raises", "error", "ValueError: as asked (probes.py:"),
    "non_string": ("non_string", "error", "answered with int, not text"),
    "hangs_in_python": ("hangs_in_python", "timeout", "in probe_hangs_in_python"),
    "hangs_in_c": ("hangs_in_c", "timeout", "in probe_hangs_in_c"),
    "sleeps": ("sleeps", "timeout", "in probe_sleeps"),
    "hangs_with_child": (f"hangs_with_child {MARK}", "timeout", "in probe_hangs_in_python"),
    "exits": ("exits", "crash", "ended with exit status 3"),
    "segfault": ("segfault", "crash", "ended by SIGSEGV"),
    "allocates": ("allocates", "memory", "MemoryError"),
    "hides_memory_error": ("hides_memory_error", "memory", "SyntaxError: unknown error"),
    "answers_much": ("answers_much", "error", "answer of 50,000,000 bytes is over the limit of 16,777,216"),
    "connects": ("connects", "error", "OSError"),
    "connects_6": ("connects_6", "error", "OSError"),
    "resolves": ("resolves", "error", "gaierror"),
    "reads_harness": (f"reads {Path(registry.__file__)}", "error", "PermissionError"),
    "lists_repository": (f"lists {PLUGIN.parent}", "error", "PermissionError"),
    "signals_parent": ("signals_parent", "error", "PermissionError"),
    "system_exit": ("system_exit", "error", "SystemExit: 0"),
    "interrupt": ("interrupt", "error", "KeyboardInterrupt"),
    "writes_junk": ("writes_junk", "crash", "protocol"),
    "forges": ("forges", "crash", "protocol: announced 99,999,999,999 bytes"),
    "closes_everything": ("closes_everything", "crash", "ended with exit status"),
}


def run(*pages: str, slots: int = 1, limits: Limits = LIMITS) -> tuple[list[Extraction], RunFacts]:
    """Extract `pages` in this order."""
    [extractor] = registry.select([str(PLUGIN)])
    results: dict[str, Extraction] = {}

    def done(extraction: Extraction) -> None:
        assert extraction.page not in results
        results[extraction.page] = extraction

    tasks = [
        Task(extractor, f"probe/{number:03}", 1, lambda text=text: (text, "", "en"))  # type: ignore[misc]
        for number, text in enumerate(pages)
    ]
    facts = extract(tasks, done=done, slots=slots, limits=limits)
    assert len(results) == len(pages)
    return [results[task.page] for task in tasks], facts


@pytest.mark.parametrize("probe", FAILURES)
def test_probe_between_two_good_pages(probe: str) -> None:
    page, status, words = FAILURES[probe]
    [before, bad, after], _ = run("good", page, "good", limits=IMPATIENT if probe == "sleeps" else LIMITS)
    assert (before.status, before.text) == (after.status, after.text) == ("ok", "good")
    assert (bad.status, bad.text) == (status, "")
    assert words in bad.detail


def test_failure_that_ends_a_used_worker_is_tried_again_in_a_fresh_one() -> None:
    [_, bad, _], facts = run("good", "exits", "good")
    assert bad.noise["tried_again_after"].startswith("crash: ended with exit status 3")
    assert facts.calls == 4
    [first], facts = run("exits")
    assert "tried_again_after" not in first.noise
    assert facts.calls == 1


def test_exception_is_charged_at_once_and_keeps_the_worker() -> None:
    results, facts = run("pid", "raises", "pid")
    assert facts.calls == 3
    assert results[0].text == results[2].text


@LINUX
def test_children_that_left_the_session_are_killed() -> None:
    run(f"hangs_with_child {MARK}", "good")
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if _readable(path)]
    assert not [line for line in lines if MARK.encode() in line and b"time.sleep" in line]


def _readable(path: Path) -> bool:
    try:
        path.read_bytes()
    except OSError:
        return False
    return True


@LINUX
def test_network_is_refused_and_the_attempt_named() -> None:
    [four, six, name], facts = run("connects", "connects_6", "resolves")
    assert f"[Errno {errno.ENETUNREACH}]" in four.detail
    assert f"[Errno {errno.ENETUNREACH}]" in six.detail
    assert four.noise["network"][0] == "an IPv4 socket"
    assert name.noise["network"] == ["example.org:80"]
    guards = facts.guards["probes"]
    assert guards["audit"]
    assert guards["netns"] or guards["seccomp"]


def test_gold_cannot_be_read_or_changed(tmp_path: Path) -> None:
    gold = tmp_path / "gold" / "site" / "page.txt"
    gold.parent.mkdir(parents=True)
    gold.write_text("p: the answer")
    [read, listed, written], _ = run(f"reads {gold}", f"lists {gold.parent}", f"writes {gold}")
    assert [result.status for result in (read, listed, written)] == ["error"] * 3
    assert all("PermissionError" in result.detail for result in (read, listed, written))
    assert gold.read_text() == "p: the answer"


def test_what_is_printed_is_counted_and_kept_from_the_next_page() -> None:
    [printed, after], _ = run("prints", "good")
    assert printed.text == "good"
    assert printed.noise["printed"] == 10_000_000  # ten lines of a million characters each
    assert after.noise == {}


def test_files_left_behind_are_counted_and_removed() -> None:
    [left, listed], _ = run("writes_files", "lists_files")
    assert left.noise == {"files": 2}
    assert listed.text == ""


def test_working_folder_is_set_back() -> None:
    [_, listed], _ = run("changes_folder", "lists_files")
    assert listed.text == ""


def test_lone_surrogate_is_replaced() -> None:
    [result], _ = run("surrogate")
    assert result.text == "a?b"


def test_hash_seed_is_zero_and_environment_bare() -> None:
    expected = subprocess.run(
        [sys.executable, "-c", "print(hash('clutterbench'))"],
        env={"PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    [seed, environment], _ = run("hash_seed", "environment")
    assert seed.text == f"0 {expected}"
    names = {name for name in environment.text.split() if not name.startswith("OPENBLAS_")}
    assert names == {"HOME", "LANG", "PATH", "PYTHONHASHSEED", "TMPDIR", "TZ"}


def test_cpu_and_memory_are_of_the_call() -> None:
    [hang, good], _ = run("hangs_in_python", "good")
    assert hang.cpu is not None
    assert hang.cpu >= LIMITS.cpu
    assert good.cpu is not None
    assert good.cpu < LIMITS.cpu


def main() -> None:
    """Print status and detail of every probe."""
    with tempfile.TemporaryDirectory() as folder:
        gold = Path(folder, "page.txt")
        gold.write_text("p: the answer")
        pages = {probe: page for probe, (page, _, _) in FAILURES.items()}
        pages |= {"reads_gold": f"reads {gold}", "prints": "prints", "writes_files": "writes_files", "surrogate": "surrogate"}
        print("| probe | status | detail (first line) | noise | neighbours |\n| --- | --- | --- | --- | --- |")  # noqa: T201
        for probe, page in pages.items():
            [before, bad, after], facts = run("good", page, "good", limits=IMPATIENT if probe == "sleeps" else LIMITS)
            noise = ", ".join(f"{key} {str(value).splitlines()[0]}" for key, value in bad.noise.items())
            detail = (bad.detail.splitlines() or [""])[0].replace(folder, "…")
            print(f"| {probe} | {bad.status} | {detail} | {noise} | {before.status}, {after.status} |")  # noqa: T201
    print(f"\nguards: {dict(facts.guards['probes'])}")  # noqa: T201


if __name__ == "__main__":
    main()
