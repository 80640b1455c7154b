"""What a hostile plug-in tries, each between two good pages: it is refused or charged, and the run goes on."""

import contextlib
import errno
import fcntl
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

import pytest

from harness import registry
from harness.extract import schedule
from harness.extract.sandbox import Limits
from harness.extract.schedule import RunFacts, Task, extract
from harness.extract.workers import guards
from harness.records import Extraction

PLUGIN = Path(__file__).parent / "hostile.py"
LIMITS = Limits(cpu=1.0, wall_factor=20, memory=400 << 20, start=30)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a guarantee of Linux only")
REFUSED = f"errno {errno.EPERM}"


def run(*pages: str, limits: Limits = LIMITS) -> tuple[list[Extraction], RunFacts]:
    [extractor] = registry.select([str(PLUGIN)])
    results: dict[str, Extraction] = {}
    tasks = [
        Task(extractor, f"probe/{number:03}", 1, lambda text=text: (text, "", "en"))  # type: ignore[misc]
        for number, text in enumerate(pages)
    ]
    facts = extract(tasks, done=lambda found: results.update({found.page: found}), slots=1, limits=limits)
    assert len(results) == len(pages)
    return [results[task.page] for task in tasks], facts


def between(page: str, limits: Limits = LIMITS) -> tuple[Extraction, RunFacts]:
    [before, bad, after], facts = run("good", page, "good", limits=limits)
    assert (before.status, before.text) == (after.status, after.text) == ("ok", "good")
    for line in (bad.detail, json.dumps(dict(bad.noise), ensure_ascii=False)):
        line.encode()
    json.dumps([bad.cpu, bad.memory], allow_nan=False)
    return bad, facts


# 1. What a worker says


FRAMES = {
    "infinite_memory": '"status": "ok", "noise": {}, "memory": Infinity, "n": 0',
    "infinite_seconds": '"status": "ok", "noise": {}, "cpu": Infinity, "waited": NaN, "n": 0',
    "huge_number": '"status": "ok", "noise": {"printed": HUGE}, "cpu": HUGE, "memory": HUGE, "resident": HUGE, "n": 0',
    "deep_noise": '"status": "ok", "noise": {"a": DEEP, "network": [DEEP], "stream": DEEP}, "n": 0',
    "deep_detail": '"status": "error", "detail": DEEP, "noise": {}, "n": 0',
    "surrogates": '"status": "error", "detail": "\\\\ud800", "noise": {"network": ["\\\\udc80"], "\\\\ud800": 1}, "n": 0',
    "no_detail": '"status": "error", "noise": {}, "n": 0',
}


@pytest.mark.parametrize("frame", FRAMES)
def test_frame_that_lies_is_cleaned(frame: str) -> None:
    [bad], facts = run('sends {"id": "ID", ' + FRAMES[frame].replace("\\\\", "\\") + "}")
    assert bad.status in ("ok", "error")
    assert (bad.status == "ok") == (bad.detail == "")
    assert set(bad.noise) <= {"network", "files", "printed"}
    json.dumps([bad.detail, bad.cpu, bad.memory, dict(bad.noise)], allow_nan=False, ensure_ascii=False).encode()
    assert facts.cpu_extract < 10


@pytest.mark.parametrize("status", ['["ok"]', '"fine"', "1"])
def test_frame_without_a_status_is_a_crash(status: str) -> None:
    bad, _ = between('sends {"id": "ID", "noise": {}, "n": 0, "status": ' + status + "}")
    assert (bad.status, bad.detail.splitlines()[0]) == ("crash", "protocol: something other than an answer came over the worker's channel")


def test_terminal_controls_are_no_part_of_a_detail() -> None:
    bad, _ = between('sends {"id": "ID", "status": "error", "detail": "\\u001b[31mred\\u0007\\n", "noise": {}, "n": 0}')
    assert bad.detail == "?[31mred?\n"


def test_lone_surrogate_in_an_exception() -> None:
    bad, _ = between("raises_surrogate")
    assert (bad.status, bad.detail.startswith("ValueError: bad ?")) == ("error", True)


def test_ready_told_by_the_plugin_itself(tmp_path: Path) -> None:
    plugin = tmp_path / "liar.py"
    frame = {"ready": 1, "guards": {"<b>evil</b>": True, "landlock": False}, "cpu": 1e999, "resident": 0, "peak": 1e999}
    plugin.write_text(
        "import sys\nframe = sys._getframe()\nwhile 'channel' not in frame.f_locals: frame = frame.f_back\n"
        f"inf = float('inf')\nframe.f_locals['channel'].send({frame!r})\ndef extract(html, url): return 'x'\n"
    )
    [liar] = registry.select([str(plugin)])
    found: list[Extraction] = []
    facts = extract([Task(liar, "s/p", 1, lambda: ("x", "", ""))], done=found.append, slots=1, limits=LIMITS)
    assert [each.status for each in found] == ["crash"]
    assert set(facts.guards["liar"]) == {"netns", "scratch", "landlock", "capabilities", "seccomp", "audit"}
    _, honest = run("good")
    assert facts.guards["liar"] == honest.guards["hostile"]


def test_deep_folders_are_removed() -> None:
    [deep, closed, listed], _ = run("nests_folders", "closes_folder", "lists")
    assert (deep.text, dict(deep.noise)) == ("good", {"files": 1})
    assert (closed.text, closed.noise["files"]) == ("good", 2)
    assert listed.text == ""


def test_removal_does_not_recurse(tmp_path: Path) -> None:
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        for _ in range(3000):
            Path("d").mkdir()
            Path("file").touch()
            Path("link").symlink_to(here)
            os.chdir("d")
    finally:
        os.chdir(here)
    assert guards.empty(str(tmp_path)) == 0
    assert not list(tmp_path.iterdir())
    assert (here / "pyproject.toml").exists()


# 2. Limits


@LINUX
def test_memory_limit_cannot_be_lifted() -> None:
    bad, _ = between("lifts_memory_limit")
    assert bad.status == "ok"
    assert int(bad.text) <= 2 * 400 + 64


@LINUX
def test_leak_has_a_ceiling() -> None:
    results, _ = run(*["leaks 150"] * 6)
    assert {result.status for result in results} == {"ok"}
    assert len({result.text for result in results}) == 2  # 150, 300, and 450 MB is over the limit
    assert [result.noise["kept_memory"] > 400 << 20 for result in results if "kept_memory" in result.noise] == [True, True]


@LINUX
def test_children_share_the_memory_limit() -> None:
    bad, _ = between("memory_in_children")
    assert (bad.status, "bytes in the worker and its children" in bad.detail) == ("memory", True)


@LINUX
@pytest.mark.parametrize("page", ["cpu_in_child 1.1", "cpu_in_child 30", "cpu_in_orphan"])
def test_children_share_the_cpu_limit(page: str) -> None:
    bad, _ = between(page)
    assert bad.status == "timeout"
    assert bad.cpu is not None
    assert 1 <= bad.cpu < 3


@LINUX
def test_number_of_processes_is_limited() -> None:
    bad, _ = between("forks")
    assert (bad.status, bad.detail) == ("crash", "ended for more than 64 processes at once")


@LINUX
def test_scratch_is_limited_and_emptied() -> None:
    [filled, listed], facts = run("fills_disk", "lists")
    if not facts.guards["hostile"]["scratch"]:
        pytest.skip("no file system of its own here")
    assert 200 <= int(filled.text) <= 256
    assert listed.text == ""


# 3. Ways out


def held(facts: RunFacts, guard: str) -> None:
    if not facts.guards["hostile"][guard]:
        pytest.skip(f"this system refuses {guard}")


@LINUX
def test_no_capability_is_left() -> None:
    [found], facts = run("capabilities")
    held(facts, "capabilities")
    assert found.text == "0 0 0 0 0 0 0 1" if os.getuid() == 0 else found.text.startswith("0 0 0 0 0 0")


@LINUX
@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no filter for this architecture")
@pytest.mark.parametrize("name", guards._DENIED)
def test_call_is_denied(name: str) -> None:
    number = guards._DENIED[name][["x86_64", "aarch64"].index(platform.machine())]
    if number is None:
        pytest.skip("no such call on this architecture")
    # All arguments -1: where it were not refused, it would be EBADF, EFAULT or EINVAL.
    assert _denied()[name] == REFUSED


_answers: dict[str, str] = {}


def _denied() -> dict[str, str]:
    if not _answers:
        column = ["x86_64", "aarch64"].index(platform.machine())
        calls = {name: numbers[column] for name, numbers in guards._DENIED.items() if numbers[column] is not None}
        results, facts = run(*[f"calls {number} -1 -1 -1 -1 -1 -1" for number in calls.values()])
        held(facts, "seccomp")
        _answers.update({name: result.text for name, result in zip(calls, results, strict=True)})
    return _answers


@LINUX
def test_hostname_parents_limits_and_metadata_of_files_are_safe(tmp_path: Path) -> None:
    file = tmp_path / "gold.txt"
    file.write_text("gold")
    before = file.stat()
    pages = [f"{name} {file}" for name in ("touches", "chmods", "chowns", "sets_attribute", "reads")]
    results, facts = run("sethostname", "limits_parent", *pages, "reads /etc/shadow", "kills_harness", "resets_parent_death")
    held(facts, "seccomp")
    assert results[0].text == REFUSED
    assert [result.status for result in results[1:-1]] == ["error"] * 8
    assert all("PermissionError" in result.detail for result in results[1:-1])
    assert results[-1].text == "-1 -1"
    after = file.stat()
    assert (after.st_mode, after.st_mtime_ns, after.st_ctime_ns) == (before.st_mode, before.st_mtime_ns, before.st_ctime_ns)


@LINUX
def test_datagrams_to_a_path_are_refused_and_pairs_work(tmp_path: Path) -> None:
    [sent, pair], facts = run(f"sends_datagram {tmp_path / 'socket'}", "keeps_pair")
    held(facts, "seccomp")
    assert sent.text == "PermissionError PermissionError"
    assert pair.text == "through a process"


# 4. From one page to the next


@LINUX
def test_process_left_behind_is_charged_and_does_not_answer_the_next_page() -> None:
    results, _ = run("leaves_daemon", "pid", "leaves_daemon", "pid")
    assert [result.status for result in results] == ["ok"] * 4
    assert [result.noise.get("processes") for result in results] == [1, None, 1, None]
    assert all(result.text.isdigit() for result in results)
    assert len({result.text for result in results}) == 3


@LINUX
def test_processes_that_end_with_their_page_cost_nothing() -> None:
    results, _ = run("pid", *["keeps_pair"] * 20, "pid")
    assert all(result.noise == {} for result in results)
    assert results[0].text == results[-1].text


# 5. Temporary folders


def test_folders_of_dead_harnesses_are_removed_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead, living, other = tmp_path / "clutterbench-dead", tmp_path / "clutterbench-living", tmp_path / "clutterbench-other"
    for folder in (dead, living):
        (folder / "1" / "scratch").mkdir(parents=True)
        (folder / "lock").touch()
    other.mkdir()
    with (living / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with schedule._temporary_folder() as own, contextlib.suppress(OSError):
            assert {path.name for path in tmp_path.iterdir()} == {living.name, other.name, own.name}
    assert {path.name for path in tmp_path.iterdir()} == {living.name, other.name}
