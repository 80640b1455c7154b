"""Gold files rewritten by rule: what `fmt` may change and what not, and what becomes of each line when a page is saved again."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.corpus import edit
from harness.corpus.check import check
from harness.corpus.gold import parse
from harness.errors import CorpusError, UsageError
from tests.corpora import HTML, write_corpus

UNTIDY = """+++
# of the quay
lang="en"
format   =   1
site = "post"   # our own
url = '''https://post.example/pier'''
type = "news"
licence = "CC0-1.0"
origin = "original"
labelled_by = "tests"
raw_sha256 = "{digest}"
+++

#doubt: a menu?
x-nav:Front page   of the Harbour Post\x20\x20
title:   Storm closes the fish pier
p: The old fish pier was closed on Friday.
x-see-also+:   More
code:     indented
code:
"""
TIDY = """+++
format = 1
url = '''https://post.example/pier'''
site = "post"   # our own
# of the quay
lang = "en"
type = "news"
licence = "CC0-1.0"
origin = "original"
labelled_by = "tests"
raw_sha256 = "{digest}"
+++

#doubt: a menu?
x-nav: Front page of the Harbour Post
title: Storm closes the fish pier
p: The old fish pier was closed on Friday.
x-see-also+: More
code:     indented
code:
"""


def test_formatted() -> None:
    assert edit.formatted(UNTIDY, Path("gold.txt")) == TIDY
    assert edit.formatted(TIDY, Path("gold.txt")) == TIDY


_WORDS = st.text(st.sampled_from("ab é\u200c|+:#xاक"), min_size=1, max_size=12)


@settings(max_examples=80)
@given(st.lists(st.tuples(st.sampled_from(["p", "code", "x-nav", "x-ad+", "# note", ""]), _WORDS), max_size=8))
def test_format_keeps_every_line_and_settles(rows: list[tuple[str, str]]) -> None:
    body = "\n".join(
        f"{label}: {text}" if label and not label.startswith("#") else f"{label} {text}"[:9] * bool(label) for label, text in rows
    )
    text = TIDY + body
    before, problems = parse(text)
    if before is None or problems:
        return
    once = edit.formatted(text, Path("gold.txt"))
    after, _ = parse(once)
    assert after is not None
    assert [(line.label, line.text, line.continues) for line in after.lines] == [
        (line.label, line.text, line.continues) for line in before.lines
    ]
    assert after.header == before.header
    assert edit.formatted(once, Path("gold.txt")) == once
    assert [row.rstrip() for row in text.split("\n") if row.startswith("#")] == [row for row in once.split("\n") if row.startswith("#")]


def test_fmt_writes_what_was_untidy_and_nothing_if_one_is_unsound(tmp_path: Path) -> None:
    root = write_corpus(tmp_path, {"post": "Greyholm", "echo": "Ness"})
    post, echo = root / "gold/post/pier.txt", root / "gold/echo/pier.txt"
    tidy = post.read_text(encoding="utf-8")
    assert edit.fmt(root, ()) == []
    untidy = tidy.replace("title: Storm", "title:Storm")
    post.write_text(untidy, encoding="utf-8")
    assert edit.fmt(root, (), write=False) == [post]
    assert post.read_text(encoding="utf-8") == untidy
    echo.write_text(tidy.replace("title: ", "headline: "), encoding="utf-8")
    with pytest.raises(CorpusError, match='"headline" is not a label'):
        edit.fmt(root, ())
    assert post.read_text(encoding="utf-8") == untidy
    assert edit.fmt(root, ["post/pier"]) == [post]
    assert post.read_text(encoding="utf-8") == tidy
    with pytest.raises(UsageError, match=r'no gold for "post/pear".*Did you mean "post/pier"'):
        edit.fmt(root, ["post/pear"])


def rebased(root: Path, html: str) -> tuple[edit.Rebased, list[str]]:
    """Save the page of `post` again, rebase its gold, and return the outcome and the gold's lines."""
    (root / "raw/post/pier.html").write_text(html, encoding="utf-8")
    (row,) = edit.rebase(root, "post/pier")
    text = (root / "gold/post/pier.txt").read_text(encoding="utf-8")
    assert f'raw_sha256 = "{hashlib.sha256(html.encode()).hexdigest()}"' in text
    return row, text.partition("\n+++\n")[2].splitlines()


def test_rebase(tmp_path: Path) -> None:
    """A menu item more, the see-also line gone from its paragraph, one word corrected, two blocks swapped, one gone."""
    root = write_corpus(tmp_path, {"post": "Greyholm", "echo": "Ness"})
    gold = root / "gold/post/pier.txt"
    gold.write_text(gold.read_text(encoding="utf-8").replace("li: Ferries", "# doubt: a list?\nli: Ferries"), encoding="utf-8")
    html = HTML.format(place="Greyholm")
    html = html.replace('<nav><a href="/">', '<nav><a href="/m">Boats</a></nav><nav><a href="/">')
    html = html.replace("\n<a>READ MORE: New owner for the ice house</a>", "").replace("two of its piles", "three of its piles")
    html = html.replace("<h3>Most read</h3>", "").replace("<li>Baker wins the island race for the fourth time</li>\n", "")
    html = html.replace("from next month on</li>", "from next month on</li><li>Baker wins the island race for the fourth time</li>")
    row, lines = rebased(root, html)
    assert lines == [
        "?: Boats",
        "x-nav: Front page of the Harbour Post",
        "title: Storm closes the fish pier",
        "p: The old fish pier was closed on Friday after waves broke three of its piles, the harbour board of Greyholm said.",
        "?: Boats will land at the north quay until divers have looked at the damage, which may take three weeks.",
        "# doubt: a list?",
        "li: Ferries run as usual from the south side of the bay.",
        "x-trending: Library opens on Sundays from next month on",
        "x-trending: Baker wins the island race for the fourth time",
    ]
    assert row.kept == 5
    assert [line.label for line in row.changed] == ["p"]
    assert row.new == ("Boats", "Boats will land at the north quay until divers have looked at the damage, which may take three weeks.")
    assert [f"{line.label}: {line.text}" for line in row.vanished] == [
        "p: Boats will land at the north quay until divers have looked at the damage, which may take three weeks.",
        "x-see-also: READ MORE: New owner for the ice house",
        "x-trending: Most read",
    ]
    # What is left to do is what the lint asks for.
    assert [found.code for found in check(root, ["post/pier"])] == ["E011", "E011"]


def test_rebase_of_a_page_that_did_not_change(tmp_path: Path) -> None:
    root = write_corpus(tmp_path, {"post": "Greyholm"})
    before = (root / "gold/post/pier.txt").read_bytes()
    assert edit.rebase(root, "post/pier") == []
    assert (root / "gold/post/pier.txt").read_bytes() == before


def test_rebase_takes_the_second_labelling_along(tmp_path: Path) -> None:
    root = write_corpus(tmp_path, {"post": "Greyholm"})
    gold = root / "gold/post/pier.txt"
    gold.with_name("pier.b.txt").write_bytes(gold.read_bytes().replace(b"li: Ferries", b"p: Ferries"))
    (root / "raw/post/pier.html").write_text(HTML.format(place="Greyholm").replace("Most read", "Most viewed"), encoding="utf-8")
    assert [row.path.name for row in edit.rebase(root, "post/pier")] == ["pier.txt", "pier.b.txt"]
    assert "\np: Ferries" in gold.with_name("pier.b.txt").read_text(encoding="utf-8")
