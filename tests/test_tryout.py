"""`try`: which track a page goes to, what is refused, and that nothing of a page steers the terminal."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.corpus.files import MAX_PAGE_BYTES
from harness.errors import CorpusError, UsageError
from harness.records import Extraction
from harness.tryout import read_page, render

HTML = "<html><body><p>The pier is closed.</p></body></html>"
TEXT = "The pier is closed.\n"


@pytest.mark.parametrize(
    ("name", "content", "track"),
    [
        ("page.html", TEXT, "html"),
        ("page.HTM", TEXT, "html"),
        ("page.txt", HTML, "text"),
        ("PAGE.TXT", HTML, "text"),
        ("page", HTML, "html"),
        ("page", TEXT, "text"),
        ("page.php", HTML, "html"),
        ("page.md", TEXT, "text"),
        ("-", HTML, "html"),
        ("-", TEXT, "text"),
    ],
)
def test_the_ending_decides_and_else_the_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str, track: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
    if name != "-":
        Path(name).write_text(content)
    page, found = read_page(name, "en")
    assert found == track
    assert (page.html is None) == (track == "text")


def test_a_pipe_is_read(tmp_path: Path) -> None:
    """As a shell's `<(…)` gives one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(HTML,))
    writer.start()
    page, _ = read_page(str(pipe), "en")
    writer.join()
    assert page.html == HTML


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "The name of the page is empty. Give a file, or - for standard input."),
        (".", ". cannot be read: Is a directory. Give a file, or - for standard input."),
        ("no\x1b]0;x", r"no\u001b]0;x cannot be read: No such file or directory. Give a file, or - for standard input."),
        ("no\0", r"no\u0000 cannot be read: embedded null byte. Give a file, or - for standard input."),
    ],
)
def test_names_of_no_page(name: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_page(name, "")
    assert str(caught.value) == message


def test_no_more_is_read_than_of_a_page_of_a_corpus(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"x" * MAX_PAGE_BYTES)
    assert read_page(str(path), "en")[1] == "html"
    path.write_bytes(b"x" * (MAX_PAGE_BYTES + 1))
    with pytest.raises(CorpusError, match=r"page\.html: the page is larger than 16 MB"):
        read_page(str(path), "en")


def test_a_page_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<div>" * 3000 + "deep")
    with pytest.raises(CorpusError, match=r"page\.html: the page is nested deeper"):
        read_page(str(path), "en")


def rendered(tmp_path: Path, html: str, extractions: Sequence[Extraction]) -> list[str]:
    path = tmp_path / "page.html"
    path.write_text(html)
    page, track = read_page(str(path), "en")
    return list(render("page\x1b.html", page, track, extractions, {"other": "no\x07 wheel"}))


def test_nothing_of_a_page_steers_the_terminal(tmp_path: Path) -> None:
    lines = rendered(tmp_path, "<p>The pier\x1b]0;title\x07 is \u202eclosed</p>", [Extraction("x", "try/page", "ok", "The pier")])
    assert all(line.isprintable() for line in lines)
    assert any(r"The pier\u001b]0;title\u0007 is \u202eclosed" in line for line in lines)
    assert lines[0].startswith(r"page\u001b.html: html track")


def test_a_failure_without_a_word_is_named_by_its_status(tmp_path: Path) -> None:
    failures = [Extraction("quiet", "try/page", "crash"), Extraction("loud", "try/page", "error", detail="ValueError: x\nstack")]
    lines = rendered(tmp_path, HTML, failures)
    assert "  1  quiet: crash" in lines
    assert "  2  loud: error: ValueError: x" in lines
