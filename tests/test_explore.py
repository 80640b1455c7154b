"""Rows, marks and problems against answers laid out by hand; and whatever the answer, the counts are the headline's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import explore
from harness.case import Case
from harness.corpus import corpus
from harness.explore import Problem, Sheet, describe, excerpt, pieces, totals
from harness.metrics import alignment
from harness.text import located, normalise, tokens
from tests.corpora import write_corpus

GOOD = (
    "The old fish pier was closed on Friday after waves broke two of its piles, the harbour board of Greyholm said.\n"
    "Boats will land at the north quay until divers have looked at the damage, which may take three weeks.\n"
    "Ferries run as usual from the south side of the bay."
)
# Rows of the page, by hand: 0 x-nav, 1 title, 2 p, 3 p, 4 x-see-also (of the same block), 5 li, 6 to 8 x-trending.


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    root = write_corpus(tmp_path_factory.mktemp("corpus"), {"post": "Greyholm"})
    return Case(*corpus.load(root).entries[0].load())


@pytest.fixture(scope="module")
def sheet(case: Case) -> Sheet:
    return explore.sheet(case)


def found(sheet: Sheet, answer: str) -> list[tuple[str, str, int, int, str]]:
    return [(one.kind, one.label, one.words, one.first, one.text) for one in sheet.diff(answer).problems]


def test_rows_are_the_lines_of_the_gold(sheet: Sheet) -> None:
    assert [row.label for row in sheet.rows] == ["x-nav", "title", "p", "p", "x-see-also", "li", *["x-trending"] * 3]
    assert [row.words for row in sheet.rows] == [6, 5, 21, 19, 8, 11, 2, 9, 8]
    assert sheet.rows[4].text == "READ MORE: New owner for the ice house"
    assert [row.continues for row in sheet.rows] == [False] * 4 + [True] + [False] * 4
    first = 13  # the header of the gold file has twelve lines
    assert [row.number for row in sheet.rows] == list(range(first, first + 9))


def test_a_good_answer_has_no_problem(sheet: Sheet) -> None:
    diff = sheet.diff(GOOD)
    assert diff.problems == ()
    assert not diff.marks
    assert totals(diff) == "lost 0 of 51 body words; leaked 0 clutter words; repeated 0; not on the page 0"


def test_title_in_the_answer_is_marked_and_no_problem(sheet: Sheet) -> None:
    diff = sheet.diff("Storm closes the fish pier\n" + GOOD)
    assert diff.problems == ()
    assert diff.marks == {1: [(0, 5)]}
    assert diff.may == 5


def test_an_empty_answer_has_lost_each_role(sheet: Sheet) -> None:
    problems = sheet.diff("").problems
    assert [describe(one) for one in problems] == ["lost 2 paragraphs, 40 words", "lost list item, 11 words"]
    assert [sheet.where(one) for one in problems] == ["lines 15–16", "line 18"]


def test_leaks_have_their_label(sheet: Sheet) -> None:
    everything = "\n".join(row.text for row in sheet.rows)
    assert found(sheet, everything) == [
        ("leaked", "x-nav", 6, 0, "Front page of the Harbour Post"),
        ("leaked", "x-see-also", 8, 4, "READ MORE: New owner for the ice house"),
        ("leaked", "x-trending", 19, 6, "Most read"),
    ]
    assert totals(sheet.diff(everything)) == (
        "lost 0 of 51 body words; leaked 33 clutter words: x-trending 19, x-see-also 8, x-nav 6; repeated 0; not on the page 0"
    )


def test_part_of_a_paragraph(sheet: Sheet) -> None:
    cut = GOOD.replace(", the harbour board of Greyholm said", "")
    (problem,) = sheet.diff(cut).problems
    assert describe(problem) == "lost 6 of 21 words of a paragraph"
    assert problem.text == "the harbour board of Greyholm said."
    assert sheet.diff(cut).marks == {2: [(15, 21)]}


def test_what_is_not_on_the_page_stands_behind_the_line_before_it(sheet: Sheet) -> None:
    first, *others = GOOD.split("\n")
    answer = "\n".join(["Zebra! quagga", first, "Unheard sentence!", *others, first])
    assert found(sheet, answer) == [
        ("invented", "", 2, -1, "Zebra! quagga"),
        ("invented", "", 2, 2, "Unheard sentence!"),
        ("repeated", "", 21, 5, first),
    ]
    problems = sheet.diff(answer).problems
    assert [sheet.where(one) for one in problems] == ["before the first line", "after line 15", "after line 18"]
    assert [describe(one) for one in problems] == ["not on the page, 2 words", "not on the page, 2 words", "repeated, 21 words"]


def test_gold_of_the_body_alone(tmp_path: Path) -> None:
    root = write_corpus(tmp_path, {"post": "Greyholm"})
    path = root / "gold" / "post" / "pier.txt"
    lines = path.read_text().replace("format = 1", 'format = 1\ncoverage = "body"').splitlines()
    kept = [line for line in lines if not line.startswith(("x-", "title:"))]
    path.write_text("\n".join([*kept[:-1], "li: Ferries run as usual from the south side of the wide bay."]) + "\n")
    sheet = explore.sheet(Case(*corpus.load(root).entries[0].load()))
    assert [row.text for row in sheet.rows if row.kind == "body"][-1] == "Ferries run as usual from the south side of the wide bay."
    assert [row.number for row in sheet.rows] == list(range(1, len(sheet.rows) + 1))
    assert [describe(one) for one in sheet.diff(GOOD).problems] == ["lost 1 of 12 words of a list item"]


WORDS = st.sampled_from([*tokens(GOOD), "Front", "page", "Most", "read", "Baker", "zebra", "\n", "ﬁn", "_x_", "**", "e\u0301"])


@given(st.lists(WORDS, max_size=60))
def test_counts_are_those_of_the_headline(case: Case, sheet: Sheet, words: list[str]) -> None:
    answer = " ".join(words)
    diff, measured = sheet.diff(answer), alignment.measure(case, answer)
    assert diff.counts == measured.counts
    assert (diff.repeated, diff.invented) == (measured.parts["repeated"], measured.parts["invented"])
    by_kind = {kind: sum(one.words for one in diff.problems if one.kind == kind) for kind in ("lost", "leaked", "repeated", "invented")}
    assert by_kind == {
        "lost": diff.lost, "leaked": sum(diff.leaked.values()), "repeated": diff.repeated, "invented": diff.invented,
    }  # fmt: skip
    assert [one.first for one in diff.problems] == sorted(one.first for one in diff.problems)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("One, two.", ["one", "two"], ["One, ", "two."]),
        ("She said: “Go on!” (twice)", ["she", "said", "go", "on", "twice"], ["She ", "said: ", "“Go ", "on!” ", "(twice)"]),
        ("没有", ["没", "有"], ["没", "有"]),
        ("ﬁn de Straße", ["fin", "de", "strasse"], ["ﬁn ", "de ", "Straße"]),
        ("a [b](http://c.example/d) e", ["a", "b", "e"], ["a ", "[b](http://c.example/d) ", "e"]),
        ("a b", ["a", "gold", "b"], ["a ", "gold ", "b"]),
        ("#x_y z", ["xy", "z"], ["#x_y ", "z"]),
        ("…", [], []),
        ("", ["only", "gold"], ["only ", "gold "]),
    ],
)
def test_pieces(text: str, words: list[str], expected: list[str]) -> None:
    assert pieces(text, words) == expected


@given(st.text(max_size=80))
def test_pieces_are_the_text_and_places_are_the_words(text: str) -> None:
    words = tokens(text)
    if words:
        assert "".join(pieces(text, words)) == text
    assert [token for token, _, _ in located(text)] == words
    for token, begin, end in located(text):
        assert begin < end
        assert set(normalise(text[begin:end])) & set(token), "a token stands where it is said to"


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem("leaked", "x-nav", 1, 1, 0, 0, 1, ""), "leaked x-nav, 1 word"),
        (Problem("leaked", "x-nav", 3, 9, 0, 0, 1, ""), "leaked x-nav, 3 of 9 words"),
        (Problem("lost", "row", 9, 9, 0, 2, 3, ""), "lost 3 table rows, 9 words"),
        (Problem("lost", "q", 2, 9, 0, 0, 1, ""), "lost 2 of 9 words of a quote"),
    ],
)
def test_descriptions(problem: Problem, said: str) -> None:
    assert describe(problem) == said


def test_excerpts_end_behind_a_word() -> None:
    assert excerpt("short", 10) == "short"
    assert excerpt("one two three four", 10) == "one two …"
    assert excerpt("abcdefghijklmno", 10) == "abcdefghij …"
