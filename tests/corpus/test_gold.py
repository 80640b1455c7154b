"""Parsing and writing gold files, by the format in DESIGN section 4 and the messages of the reference report, section 3.4."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.corpus.gold import Problem, load, parse, read_text, render, undecided_lines
from harness.corpus.segment import Block
from harness.errors import CorpusError
from harness.records import LABELS, Line
from harness.text import squeeze

HEAD = '+++\nformat = 1\nsite = "quay"\nlang = "en"\ntype = "news"\n+++\n'


def lines_of(body: str) -> tuple[Line, ...]:
    gold, problems = parse(HEAD + body)
    assert gold is not None
    assert problems == []
    return gold.lines


def test_lines_and_header() -> None:
    gold, problems = parse(HEAD + "# doubt: is this a deck?\n\ndeck:  The  board  \np: One\nx-see-also+: READ MORE: two\n")
    assert problems == []
    assert gold is not None
    assert gold.header == {"format": 1, "site": "quay", "lang": "en", "type": "news"}
    assert gold.lines == (
        Line("deck", "The board", number=9), Line("p", "One", number=10), Line("x-see-also", "READ MORE: two", continues=True, number=11),
    )  # fmt: skip
    assert gold.coverage == "full"


def test_text_may_hold_what_looks_like_a_label() -> None:
    assert lines_of("p: p: x\n")[0].text == "p: x"
    assert lines_of("p:no blank\n")[0].text == "no blank"


def test_code_keeps_everything_after_the_one_blank() -> None:
    found = lines_of("code: if x:\ncode:     y  z\ncode:\ncode:done\n")
    assert [line.text for line in found] == ["if x:", "    y  z", "", "done"]


def test_unicode_is_composed() -> None:
    assert lines_of("p: cafe\u0301\u00a0au lait\n")[0].text == "caf\u00e9 au lait"


def test_byte_order_mark_and_windows_line_ends() -> None:
    gold, problems = parse("\ufeff" + (HEAD + "p: One\ncode:   two\n").replace("\n", "\r\n"))
    assert problems == []
    assert gold is not None
    assert [line.text for line in gold.lines] == ["One", "  two"]
    assert gold.site == "quay"


@pytest.mark.parametrize("text", ["", "p: One\n", "+++\nformat = 1\np: One\n", "\n" + HEAD])
def test_no_header(text: str) -> None:
    say = 'The header is missing. Start the file with a +++ line, key = "value" lines, and a second +++ line.'
    assert parse(text) == (None, [Problem(1, "E001", say)])


def test_header_is_no_toml() -> None:
    gold, (problem,) = parse("+++\nformat = 1\nlang = en\n+++\n")
    assert gold is None
    assert problem.code == "E002"
    assert "line 3" in problem.message, "the parser's line number is the file's"
    assert problem.message.startswith("The header is not valid TOML: ")


def test_every_structure_problem_is_reported_at_its_line() -> None:
    gold, problems = parse(HEAD + "x-nav+: Home\nThe board will review it\nnav: Home\nparagraph: x\np: ok\nP: shout\n")
    assert [(problem.line, problem.code) for problem in problems] == [(7, "E013"), (8, "E010"), (9, "E012"), (10, "E012"), (12, "E012")]
    assert problems[0].message == '"+" continues the block above, but there is none.'
    assert problems[2].message == '"nav" is not a label. Did you mean "x-nav"? All labels: clutterbench list labels.'
    assert gold is not None
    assert [line.text for line in gold.lines] == ["Home", "ok"]


def test_undecided_lines_keep_their_mark() -> None:
    assert lines_of("?: Home\n?+: More\n") == (Line("?", "Home", number=7), Line("?", "More", continues=True, number=8))
    assert undecided_lines([Block("Home"), Block("  x", pre=True)]) == [Line("?", "Home"), Line("code", "  x")]


def test_severity_follows_the_code() -> None:
    assert Problem(1, "E030", "").severity == "error"
    assert Problem(1, "W101", "").severity == "warning"


def test_rendered_header_has_a_fixed_order_and_escapes() -> None:
    header = {"truncated": True, "lang": "en", "url": 'https://x/"q"\\', "format": 1, "zeal": "z", "aim": "a"}
    assert render(header, [Line("p", "One"), Line("note", "two", continues=True), Line("code", "")]) == (
        '+++\nformat = 1\nurl = "https://x/\\"q\\"\\\\"\nlang = "en"\ntruncated = true\naim = "a"\nzeal = "z"\n+++\n'
        "p: One\nnote+: two\ncode:\n"
    )


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1, max_size=20)


@given(st.lists(st.builds(Line, st.sampled_from(sorted(LABELS)), TEXT.map(squeeze)), min_size=1, max_size=6))
def test_what_is_written_is_read_again(lines: list[Line]) -> None:
    gold, problems = parse(render({"format": 1}, lines))
    assert problems == []
    assert gold is not None
    assert [(line.label, line.text) for line in gold.lines] == [(line.label, line.text) for line in lines]


@given(st.text(max_size=30))
def test_header_text_is_read_again(value: str) -> None:
    text = value.encode("utf-8", "replace").decode()
    gold, problems = parse(render({"format": 1, "url": text}, []))
    assert problems == []
    assert gold is not None
    assert gold.header["url"] == text


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("nav: Home\n", r'ferry\.txt:7: E012 "nav" is not a label\..* Run: clutterbench gold check'),
        ("p: One\n?: Home\n", r'ferry\.txt:8: E011 Still unlabelled: "Home"\. Run: clutterbench gold check'),
    ],
)
def test_load_refuses_what_is_not_sound(tmp_path: Path, body: str, message: str) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text(HEAD + body, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        load(path)


@pytest.mark.parametrize("key", ["site", "lang", "type"])
def test_load_needs_the_keys_that_scores_are_grouped_by(tmp_path: Path, key: str) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text("\n".join(row for row in HEAD.split("\n") if not row.startswith(key)) + "p: One\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=f'E003 The header lacks "{key}"'):
        load(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"none\.txt: there is no such gold file\. Make one with: clutterbench gold new"):
        read_text(tmp_path / "none.txt")
    (tmp_path / "latin.txt").write_bytes(b"+++\n\xe9")
    with pytest.raises(CorpusError, match=r"latin\.txt: the file is not UTF-8 \(byte 4\)"):
        read_text(tmp_path / "latin.txt")
