"""Slots, starts that fail, interruption, and the harness's own end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import registry
from harness.errors import InstallError
from harness.extract import envs, processes, schedule
from harness.extract.sandbox import Limits
from harness.extract.schedule import RunFacts, Task, extract
from harness.records import Extraction, Extractor

LIMITS = Limits(cpu=5, memory=400 << 20, start=30)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a guarantee of Linux only")


@pytest.fixture
def plugin(tmp_path: Path) -> Callable[..., Extractor]:
    def write(source: str, name: str = "plugged") -> Extractor:
        path = tmp_path / f"{name}.py"
        path.write_text(source)
        return registry.select([str(path)])[0]

    return write


def run(tasks: list[Task], slots: int = 2, limits: Limits = LIMITS) -> tuple[dict[tuple[str, str], Extraction], RunFacts]:
    results: dict[tuple[str, str], Extraction] = {}

    def done(extraction: Extraction) -> None:
        assert (extraction.extractor, extraction.page) not in results
        results[extraction.extractor, extraction.page] = extraction

    return results, extract(tasks, done=done, slots=slots, limits=limits)


def tasks_of(extractor: Extractor, texts: list[str], language: str = "en") -> list[Task]:
    return [
        Task(extractor, f"site/{number:04}", len(text), lambda text=text: (text, f"https://site/{len(text)}", language))  # type: ignore[misc]
        for number, text in enumerate(texts)
    ]


def test_page_url_language_and_options_reach_the_extractor(plugin: Callable[..., Extractor]) -> None:
    source = "VARIANTS = {'a': {'loud': True}, 'b': {}}\ndef extract(html, url, language, loud=False):\n    "
    both = registry.select([plugin(source + "return repr((html, url, language, loud))").plugin])
    results, _ = run([task for extractor in both for task in tasks_of(extractor, ["ä 漢 🙂"], "de-AT")])
    assert results["a", "site/0000"].text == repr(("ä 漢 🙂", "https://site/5", "de-AT", True))
    assert results["b", "site/0000"].text == repr(("ä 漢 🙂", "https://site/5", "de-AT", False))


def test_variants_share_a_worker_and_a_page_that_is_read_once(plugin: Callable[..., Extractor]) -> None:
    source = "import os\nVARIANTS = {'a': {}, 'b': {'x': 1}}\ndef extract(html, url, x=0): return f'{os.getpid()} {html}'"
    path = plugin(source).plugin
    reads: list[str] = []

    def reader(page: str) -> Callable[[], tuple[str, str, str]]:
        return lambda: (reads.append(page), (page, "", ""))[1]  # type: ignore[func-returns-value]

    tasks = [Task(extractor, page, 9, reader(page)) for extractor in registry.select([path]) for page in ("s/one", "s/two")]
    results, _ = run(tasks, slots=1)
    assert sorted(reads) == ["s/one", "s/two"]
    assert len({result.text.split()[0] for result in results.values()}) == 1
    assert {key: result.text.split()[1] for key, result in results.items()} == {
        (name, page): page for name in "ab" for page in ("s/one", "s/two")
    }


def test_large_pages_and_large_answers_do_not_block_each_other(plugin: Callable[..., Extractor]) -> None:
    extractor = plugin("def extract(html, url): return html")
    texts = [str(number) * 3_000_000 for number in range(6)]
    results, _ = run(tasks_of(extractor, texts))
    assert [results["plugged", f"site/{number:04}"].text for number in range(6)] == texts


def test_none_is_an_empty_answer(plugin: Callable[..., Extractor]) -> None:
    results, _ = run(tasks_of(plugin("def extract(html, url): return None"), ["x"]))
    assert [(result.status, result.text) for result in results.values()] == [("ok", "")]


def test_extractor_that_cannot_start_did_not_run_and_others_did(plugin: Callable[..., Extractor]) -> None:
    broken = plugin("import no_such_module\ndef extract(html, url): return ''", "broken")
    crashing = plugin("import os\nos._exit(7)", "crashing")
    good = plugin("def extract(html, url): return 'good'", "good")
    results, facts = run([task for extractor in (broken, crashing, good) for task in tasks_of(extractor, ["x", "y"])])
    assert {key[0] for key in results} == {"good"}
    assert set(facts.failures) == {"broken", "crashing"}
    assert "ModuleNotFoundError: No module named 'no_such_module'" in facts.failures["broken"]
    assert "ended with exit status 7" in facts.failures["crashing"]


def test_start_that_hangs_did_not_run(plugin: Callable[..., Extractor]) -> None:
    slow = plugin("import time\ntime.sleep(600)\ndef extract(html, url): return ''")
    results, facts = run(tasks_of(slow, ["x"]), limits=Limits(start=0.5))
    assert results == {}
    assert "not ready after 0.5 s" in facts.failures["plugged"]
    assert "plugged.py" in facts.failures["plugged"]  # the stack


def test_extractor_that_always_crashes_is_charged_for_each_page_once(plugin: Callable[..., Extractor]) -> None:
    results, facts = run(tasks_of(plugin("import os\ndef extract(html, url): os._exit(1)"), ["x"] * 7))
    assert [result.status for result in results.values()] == ["crash"] * 7
    assert facts.calls == 7
    assert facts.failures == {}


def test_environment_that_cannot_be_built_did_not_run(plugin: Callable[..., Extractor], monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = plugin("def extract(html, url): return 'good'", "good"), plugin("def extract(html, url): return ''", "bad")

    def prepare(extractor: Extractor, limits: Limits) -> envs.Environment:
        if extractor.name == "bad":
            raise InstallError("bad cannot be installed: no such version")
        return envs.prepare(extractor, limits)

    monkeypatch.setattr(schedule, "prepare", prepare)
    results, facts = run([*tasks_of(bad, ["x"]), *tasks_of(good, ["x"])])
    assert [key[0] for key in results] == ["good"]
    assert facts.failures == {"bad": "bad cannot be installed: no such version"}


def test_free_slot_helps_the_extractor_that_is_left(plugin: Callable[..., Extractor]) -> None:
    source = (
        "import os, time\ndef extract(html, url):\n    end = time.process_time() + 0.1\n"
        "    while time.process_time() < end: pass\n    return str(os.getpid())"
    )
    results, facts = run(tasks_of(plugin(source), ["x" * 50_000] * 40))
    assert len({result.text for result in results.values()}) == 2
    assert facts.cpu_extract == pytest.approx(4.0, rel=0.2)
    assert facts.cpu_tree >= facts.cpu_extract
    assert 0 < facts.efficiency < 1


def test_html_answers_become_text_in_the_harness(plugin: Callable[..., Extractor]) -> None:
    source = "ANSWER = 'html'\ndef extract(html, url): return html"
    results, _ = run(tasks_of(plugin(source), ["<div><p>one <b>two</b></p><p>three</p></div>", "  "]))
    assert results["plugged", "site/0000"].text == "one two\nthree"
    assert results["plugged", "site/0001"].text.strip() == ""


def test_error_in_the_harness_ends_the_workers(plugin: Callable[..., Extractor]) -> None:
    def done(extraction: Extraction) -> None:
        raise KeyboardInterrupt

    before = processes.children()
    with pytest.raises(KeyboardInterrupt):
        extract(tasks_of(plugin("def extract(html, url): return ''"), ["x"] * 5), done=done, slots=2)
    assert processes.children() == before


@LINUX
def test_memory_is_the_growth_in_the_call_and_cpu_counts_children(plugin: Callable[..., Extractor]) -> None:
    source = """
import subprocess, sys
def extract(html, url):
    if html == "large":
        return str(len(b"x" * (100 << 20)))
    if html == "child":
        subprocess.run([sys.executable, "-c", "import time\\nwhile time.process_time() < 0.3: pass"])
"""
    results, _ = run(tasks_of(plugin(source), ["large", "child", "quiet"]), slots=1)
    large, child, quiet = (results["plugged", f"site/{number:04}"] for number in range(3))
    assert large.memory is not None
    assert 99 << 20 <= large.memory < 110 << 20  # pages that were there before are used first
    assert quiet.memory is not None
    assert quiet.memory < 5 << 20
    assert child.cpu is not None
    assert child.cpu >= 0.3
    assert quiet.cpu is not None
    assert quiet.cpu < 0.1


@LINUX
def test_harness_size_is_not_taken_for_the_workers(plugin: Callable[..., Extractor]) -> None:
    # A process begins with the high-water mark of the one that started it.
    large = b"x" * (300 << 20)
    results, _ = run(tasks_of(plugin("import os\ndef extract(html, url): os._exit(1)"), ["x"]))
    assert len(large) > 0.3 * LIMITS.memory
    assert [result.status for result in results.values()] == ["crash"]


@LINUX
def test_native_crash_after_growth_is_for_want_of_memory(plugin: Callable[..., Extractor]) -> None:
    # In a harness of its own: a process begins with the high-water mark of the one that started it, and this one's may be larger.
    extractor = plugin("import os\ndef extract(html, url):\n    hoard = b'x' * (350 << 20)\n    os.abort()")
    code = (
        "from harness import registry\nfrom harness.extract.sandbox import Limits\nfrom harness.extract.schedule import Task, extract\n"
        f"[e] = registry.select([{extractor.plugin!r}])\n"
        "extract([Task(e, 's/1', 1, lambda: ('x', '', ''))], done=lambda found: print(found.status, found.detail),"
        " limits=Limits(cpu=5, memory=400 << 20))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("memory ")
    assert "ended by SIGABRT after growing by" in done.stdout


@LINUX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_worker_outlives_the_harness(plugin: Callable[..., Extractor], tmp_path: Path, number: int) -> None:
    extractor = plugin("def extract(html, url):\n    while True: pass")
    code = (
        "import sys\nfrom harness import registry\nfrom harness.extract.schedule import Task, extract\n"
        f"[e] = registry.select([{extractor.plugin!r}])\n"
        "extract([Task(e, f's/{n}', 10**8, lambda: ('', '', '')) for n in range(9)], done=print, slots=2)\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    harness = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    workers: set[int] = set()
    for _ in range(200):
        workers = {pid for pid in _processes() if _parent(pid) == harness.pid}
        if len(workers) == 2:
            break
        time.sleep(0.05)
    assert len(workers) == 2
    time.sleep(0.3)
    harness.send_signal(number)
    assert harness.wait(20) != 0
    for _ in range(100):
        if not workers & _processes():
            break
        time.sleep(0.05)
    assert not workers & _processes()
    if number != signal.SIGKILL:
        assert not list(tmp_path.glob("clutterbench-*"))


def _processes() -> set[int]:
    return {int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent(int(path.name)) != 0}


def _parent(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] == b"Z" else int(fields[1])
