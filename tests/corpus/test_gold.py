"""Parsing and writing gold files, by the format in DESIGN section 4 and the messages of the reference report, section 3.4."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.corpus.gold import load, parse, read_text, render, undecided_lines
from harness.corpus.header import Problem
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
        ("p: One\n?: Home\n", r'ferry\.txt:8: E011 Still unlabelled: "Home"\. Replace "\?" with a label\. Run: clutterbench gold check'),
    ],
)
def test_load_refuses_what_is_not_sound(tmp_path: Path, body: str, message: str) -> None:
    path = tmp_path / "quay" / "ferry.txt"
    path.parent.mkdir()
    path.write_text(HEAD + body, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        load(path)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("lang", "5", r"4: E004 lang is 5; expected text in quotes"),
        ("site", '["a"]', r"3: E004 site is \['a'\]; expected text in quotes"),
        ("site", '"pier"', r'3: E063 site is "pier", but the folder is "quay"'),
        ("type", '"xx"', r'5: E004 "xx" is not a type'),
        ("coverage", '"blah"', r'6: E004 "blah" is not a coverage'),
        ("coverge", '"body"', r'6: E004 "coverge" is not a header key.* Did you mean "coverage"'),
        ("origin", '"copied"', r'6: E004 "copied" is not an origin'),
        ("story", "2020-01-01", r"6: E004 story is datetime\.date\(2020, 1, 1\); expected text in quotes"),
        ("url", "5", r"6: E004 url is 5; expected text in quotes"),
        ("licence", "2020-01-01", r"6: E008 licence is datetime\.date\(2020, 1, 1\); expected text in quotes"),
        ("truncated", '"yes"', r"6: E004 truncated is 'yes'"),
        ("body", '"none"', r'8: E021 body = "none", but line 8 is labelled p'),
        ("body", '"some"', r'6: E004 "some" is not a body'),
        ("format", "2", r"2: E064 format = 2 is newer than this program"),
    ],
)
def test_load_refuses_header_values_that_a_score_depends_on(tmp_path: Path, key: str, value: str, message: str) -> None:
    rows = [row for row in HEAD.rstrip().split("\n") if not row.startswith(f"{key} ")]
    place = {"format": 1, "site": 2, "lang": 3, "type": 4}.get(key, len(rows) - 1)
    rows.insert(place, f"{key} = {value}")
    path = tmp_path / "quay" / "ferry.txt"
    path.parent.mkdir()
    path.write_text("\n".join([*rows, "p: One", ""]), encoding="utf-8")
    with pytest.raises(CorpusError, match=rf"ferry\.txt:{message}.* Run: clutterbench gold check"):
        load(path)


def test_load_needs_a_body_or_its_absence_but_not_for_snippets(tmp_path: Path) -> None:
    path = tmp_path / "quay" / "ferry.txt"
    path.parent.mkdir()
    path.write_text(HEAD + "x-nav: Home\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"ferry\.txt:6: E020 No body text"):
        load(path)
    for line in ('body = "none"', 'coverage = "snippets"'):
        path.write_text(HEAD.replace('type = "news"', f'type = "news"\n{line}') + "x-nav: Home\n", encoding="utf-8")
        assert load(path).body == ""


def test_load_is_not_the_lint(tmp_path: Path) -> None:
    """Neither an address nor a licence moves a score, and one problem of the lint must not stop a bench."""
    path = tmp_path / "quay" / "ferry.txt"
    path.parent.mkdir()
    path.write_text(HEAD.replace('type = "news"', 'type = "news"\nurl = ""\nlicence = ""\nlabelled_by = ""') + "p: One\n", encoding="utf-8")
    assert load(path).body == "One"


@pytest.mark.parametrize(
    ("rows", "line", "message"),
    [
        (['site = "a"', 'lang = "en"', 'site = "b"'], 4, '"site" is set twice, first in line 2. Keep one of the two.'),
        (['"site" = "a"', "site = 5"], 3, '"site" is set twice, first in line 2. Keep one of the two.'),
        (['site = "a"', "lang = en"], 3, "Invalid value (at line 3, column 8)."),
        (['site = ["a"'], 3, "Unclosed array (at end of document)."),
    ],
)
def test_a_header_that_is_no_toml_has_its_line(rows: list[str], line: int, message: str) -> None:
    text = "\n".join(["+++", *rows, "+++", "p: One"])
    assert parse(text) == (None, [Problem(line, "E002", f"The header is not valid TOML: {message}")])


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
