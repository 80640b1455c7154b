"""The determinism audit finds what answers differently a second time, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.audit import DID_NOT_RUN, Difference, audit, compare
from harness.records import Extraction
from tests.corpora import write_corpus

Plugin = Callable[[str, str], str]


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    def write(name: str, body: str) -> str:
        path = tmp_path / f"{name}.py"
        path.write_text(
            f'"""A test\'s own."""\nimport itertools\nimport os\nSEEN = itertools.count()\ndef extract(html, url):\n    {body}\n'
        )
        return str(path)

    return write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus", {"post": "Greyholm", "echo": "Saltmarsh Quay on the far side of the bay"})


def test_what_hangs_on_the_process_is_found(root: Path, plugin: Plugin) -> None:
    found = audit(root, [plugin("by-process", 'return f"The same line.\\nProcess {os.getpid()}"'), "everything"], [])
    assert [(each.extractor, each.page, each.line) for each in found] == [("by-process", "echo/pier", 2), ("by-process", "post/pier", 2)]
    assert all(each.first.startswith("Process ") and each.first != each.second for each in found)
    assert str(found[0]).startswith("by-process on echo/pier, line 2: 'Process ")


def test_what_hangs_on_the_pages_before_is_found(root: Path, plugin: Plugin) -> None:
    """Fresh processes alone would not show it: the count begins anew in each, so it is the order of pages that tells."""
    found = audit(root, [plugin("by-order", 'return f"Page {next(SEEN)}"')], [], slots=1)
    assert [(each.page, each.first, each.second) for each in found] == [
        ("echo/pier", "Page 0", "Page 1"),
        ("post/pier", "Page 1", "Page 0"),
    ]


def test_what_answers_the_same_passes(root: Path) -> None:
    assert audit(root, ["everything", "nothing", "justext", "justext-lines"], []) == []


def test_the_cache_is_neither_read_nor_written(root: Path, plugin: Plugin) -> None:
    audit(root, [plugin("same", 'return "the same"')], ["post/pier"])
    assert not (root / ".clutterbench").exists()


def test_what_cannot_be_started_is_told(root: Path, plugin: Plugin) -> None:
    (broken,) = audit(root, [plugin("broken", "pass\nraise ImportError('no such part')")], [])
    assert (broken.extractor, broken.page, broken.statuses) == ("broken", "", (DID_NOT_RUN, DID_NOT_RUN))
    assert "no such part" in str(broken)


def extraction(text: str = "", status: str = "ok", detail: str = "") -> Extraction:
    return Extraction("x", "s/p", status, text, detail)  # type: ignore[arg-type]


def test_a_difference_in_status_names_both() -> None:
    found = compare(extraction("text"), extraction(status="error", detail="ValueError: no\n  at line 3"))
    assert found == Difference("x", "s/p", ("ok", "error"), 0, "", "ValueError: no")
    assert str(found) == "x on s/p: ok, then error (ValueError: no)"
    assert compare(extraction(status="error", detail="at 0x1"), extraction(status="error", detail="at 0x2")) is None


@pytest.mark.parametrize(
    ("first", "second", "line", "shown"),
    [
        ("a\nb", "a\nc", 2, ("b", "c")),
        ("a", "a\nb", 2, ("(the text ends)", "b")),
        ("", "a", 1, ("", "a")),
        ("a\r", "a", 1, ("a\r", "a")),
        ("x" * 300 + "a", "x" * 300 + "b", 1, ("…" + "x" * 25 + "a", "…" + "x" * 25 + "b")),
    ],
)
def test_the_first_differing_line_is_shown(first: str, second: str, line: int, shown: tuple[str, str]) -> None:
    found = compare(extraction(first), extraction(second))
    assert found is not None
    assert (found.line, (found.first, found.second)) == (line, shown)
    assert compare(extraction(first), extraction(first)) is None
