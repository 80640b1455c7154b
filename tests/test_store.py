"""What is kept on disk survives kills, damage and other versions."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from harness.errors import StoreError, UsageError
from harness.records import Extraction
from harness.store import Cache, Run, find_run, mark_latest, replace_text, single_writer, without_timing

EXTRACTOR = {"name": "x", "track": "html", "category": "extractor", "did_not_run": ""}


def test_values_come_back(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        for number in range(100):
            cache.put(f"k{number}", {"n": number, "t": "ü"})
    with Cache(tmp_path) as cache:
        found = cache.get([f"k{number}" for number in range(0, 2000)])
    assert len(found) == 100
    assert found["k7"] == {"n": 7, "t": "ü"}


def test_two_processes_may_write_at_once(tmp_path: Path) -> None:
    with Cache(tmp_path) as first, Cache(tmp_path) as second:
        first.put("a", {"n": 1})
        first.flush()
        second.put("b", {"n": 2})
        second.flush()
        assert set(first.get(["a", "b"])) == {"a", "b"}


def test_a_damaged_cache_is_set_aside_and_begun_anew(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put("a", {"n": 1})
    path = tmp_path / ".clutterbench" / "cache.sqlite"
    path.write_bytes(b"this is no database" * 100)
    with Cache(tmp_path) as cache:
        assert cache.get(["a"]) == {}
        cache.put("a", {"n": 2})
    assert path.with_name("cache.sqlite.damaged").exists()


def test_a_cache_of_another_format_is_emptied(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put("a", {"n": 1})
    rows = sqlite3.connect(tmp_path / ".clutterbench" / "cache.sqlite")
    rows.execute("pragma user_version=999")
    rows.close()
    with Cache(tmp_path) as cache:
        assert cache.get(["a"]) == {}


def test_replaced_text_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.txt"
    replace_text(path, "one\n")
    replace_text(path, "two\n")
    assert path.read_bytes() == b"two\n"
    assert [entry.name for entry in path.parent.iterdir()] == ["file.txt"]


def test_an_unwritable_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match=r"index\.html cannot be written"):
        replace_text(tmp_path / "reports" / "index.html", "x")


def test_a_run_reads_back_what_was_written(tmp_path: Path) -> None:
    run = Run(tmp_path, "abc123")
    extraction = Extraction("x", "s/p", "ok", "text\u2028", cpu=0.5, memory=7)
    run.write_rows("extractions.jsonl", [without_timing(extraction)])
    run.write_facts({"gold": "d", "pages": ["s/p"], "extractors": [EXTRACTOR]})
    mark_latest(tmp_path, run)
    found = find_run(tmp_path, None)
    assert found.id == "abc123"
    assert found.facts()["gold"] == "d"
    assert list(found.extractions()) == [Extraction("x", "s/p", "ok", "text\u2028")]


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "damaged"), (json.dumps({"format": 99}), "newer clutterbench"), (json.dumps({"format": 0}), "older clutterbench")],
)
def test_other_versions_and_damage_have_their_sentence(tmp_path: Path, text: str, message: str) -> None:
    run = Run(tmp_path, "abc")
    run.folder.mkdir(parents=True)
    (run.folder / "run.json").write_text(text)
    with pytest.raises(StoreError, match=message):
        run.facts()


def test_an_unfinished_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="did not finish"):
        Run(tmp_path, "abc").facts()
    run = Run(tmp_path, "abc")
    run.folder.mkdir(parents=True)
    (run.folder / "timings.jsonl").write_text('{"a": 1}\n{"a"')
    with pytest.raises(StoreError, match=r"timings\.jsonl:2"):
        list(run.rows("timings.jsonl"))


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({}, '"gold" is not the digest of the corpus'),
        ({"gold": 5}, '"gold" is not the digest of the corpus'),
        ({"gold": "d"}, '"pages" is not a list of page ids'),
        ({"gold": "d", "pages": [1]}, '"pages" is not a list of page ids'),
        ({"gold": "d", "pages": []}, '"extractors" is not a list of objects with category, did_not_run, name, track'),
        ({"gold": "d", "pages": [], "extractors": ["x"]}, '"extractors" is not a list of objects'),
        ({"gold": "d", "pages": [], "extractors": [{"name": "x"}]}, '"extractors" is not a list of objects'),
    ],
)
def test_facts_that_lack_something_are_damaged(tmp_path: Path, facts: dict[str, object], message: str) -> None:
    run = Run(tmp_path, "abc")
    run.write_facts(facts)
    with pytest.raises(StoreError, match=rf"run\.json: {message}.*; the file is damaged"):
        run.facts()


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("scores.jsonl", "{}", "the line lacks counts, extractor, metric, page, parts, status"),
        ("references.jsonl", '{"extractor": "x"}', "the line lacks page, status, text"),
        ("pages.jsonl", "{}", "the line lacks page"),
        ("confusion.json", "{}", "the line lacks pages, sites, tokens, version"),
        ("scores.jsonl", "[]", "expected an object, found a list"),
        ("timings.jsonl", "[" * 100_000, "the line is no JSON"),
    ],
)
def test_lines_that_lack_something_are_damaged(tmp_path: Path, name: str, line: str, message: str) -> None:
    run = Run(tmp_path, "abc")
    replace_text(run.folder / name, line + "\n")
    with pytest.raises(StoreError, match=rf"{name}:1: {message}"):
        list(run.rows(name))


@pytest.mark.parametrize("change", [{"status": "odd"}, {"text": "x", "status": "error"}, {"colour": "red"}])
def test_a_line_that_is_no_extraction_is_damaged(tmp_path: Path, change: dict[str, str]) -> None:
    run = Run(tmp_path, "abc")
    run.write_rows("extractions.jsonl", [{**without_timing(Extraction("x", "s/p", "ok")), **change}])
    with pytest.raises(StoreError, match=r"extractions\.jsonl:1: the line is no extraction"):
        list(run.extractions())


def test_files_of_a_run_that_cannot_be_read(tmp_path: Path) -> None:
    run = Run(tmp_path, "abc")
    (run.folder / "run.json").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"run\.json cannot be read: Is a directory"):
        run.facts()
    (run.folder / "scores.jsonl").write_bytes(b"\xff\n")
    with pytest.raises(StoreError, match=r"scores\.jsonl cannot be read: it is not UTF-8"):
        list(run.rows("scores.jsonl"))


def test_unknown_runs(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run yet"):
        find_run(tmp_path, None)
    (tmp_path / ".clutterbench" / "runs" / "abcd").mkdir(parents=True)
    with pytest.raises(UsageError, match='"abdc" is no run'):
        find_run(tmp_path, "abdc")
    assert find_run(tmp_path, "ab").id == "abcd"


def test_what_a_killed_run_was_writing_is_swept(tmp_path: Path) -> None:
    for folder in (".clutterbench/runs/abc", "reports"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / ".scores.jsonl.x1.part").write_text("half a li")
        (tmp_path / folder / "scores.jsonl").write_text("whole")
    with single_writer(tmp_path):
        assert sorted(path.name for path in tmp_path.rglob("*.jsonl*")) == ["scores.jsonl", "scores.jsonl"]
    assert not list(tmp_path.rglob("*.part"))


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    import fcntl

    with single_writer(tmp_path), (tmp_path / ".clutterbench" / "lock").open("w") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
