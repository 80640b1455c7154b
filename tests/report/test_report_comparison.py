"""Spreads, pairs, other metrics and their agreement: what is worked out for the report, and how the page shows it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import lxml.html
import pytest

from harness.report import comparison, view
from harness.report.site import SHEETS, build
from harness.score import Metric
from harness.stats import Correlation, Disagreement, Interval, Pair, Row, Spread
from harness.summary import Entrant, Summary, TrackSummary

REFERENCE = "reference rows: floor, ceiling, difficulty"


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def whole(summary: Summary, folder: Path) -> lxml.html.HtmlElement:
    """The overview's pages as one document."""
    build(summary, folder)
    first, *others = [lxml.html.document_fromstring((folder / sheet.file).read_text(encoding="utf-8")) for sheet in SHEETS]
    for other in others:
        first.extend(list(other.iter("main")))
    return first


@pytest.fixture
def document(compared: Summary, tmp_path: Path) -> lxml.html.HtmlElement:
    return whole(compared, tmp_path)


def table(document: lxml.html.HtmlElement, region: str) -> list[list[str]]:
    (found,) = document.xpath("//*[@role='region'][@aria-label=$name]//table", name=region)
    return [[words(cell) for cell in row.xpath("./th|./td")] for row in found.xpath(".//tr")]


def paragraph_after(document: lxml.html.HtmlElement, identity: str) -> str:
    return words(document.xpath("//*[@id=$id]/following-sibling::p[1]", id=identity)[0])


def track(*rows: Row, pairs: tuple[Pair, ...] = (), **more: object) -> TrackSummary:
    names = dict.fromkeys(row.extractor for row in rows)
    entrants = tuple(Entrant(name, name, "html", "reference" if name == "gold" else "extractor", "1", "", {}, "") for name in names)
    made = TrackSummary("html", 181, 126, entrants, rows, {}, (), (), "", (), pairs=pairs)
    return replace(made, **more)  # type: ignore[arg-type]


def row(name: str, f1: float | None, metric: str = "alignment") -> Row:
    return Row(name, metric, "all", 181, 126, f1=f1)


def pair(first: str, second: str, difference: float, detectable: float) -> Pair:
    return Pair(first, second, difference, Interval(difference - 0.02, difference + 0.01), 0.01, 0.02, 0.03, detectable)


def metric(name: str, average: str = "page") -> Metric:
    return Metric(name, "1", average, ModuleType(name, f"{name}, of somebody.\n\nMore."))


def test_spread_bars_are_shares_that_make_a_hundred() -> None:
    # Of 181 pages 40 perfect, 100 at 0.9 or more with them, 21 under 0.5: 40, 60, 60, 21.
    spread = Spread("a", 0.8, None, 0.9, 100, 21, 40, "a")
    (line,) = comparison.spread_lines(track(row("b", 0.9), row("a", 0.8), spreads=(spread,)), view.standings(track(row("a", 0.8))))
    assert line.bar == (22.1, 33.1, 33.1, 11.6)


def test_pairs_go_in_the_order_of_the_leaderboard_the_higher_first() -> None:
    one = track(row("a", 0.9), row("b", 0.8), row("c", 0.7), pairs=(pair("c", "b", -0.1, 0.02), pair("b", "a", -0.1, 0.03)))
    found = comparison.pairs(one, view.standings(one))
    assert found is not None
    assert [(line.first, line.second) for line in found.lines] == [("a", "b"), ("b", "c")]
    # -0.1 (-0.12 to -0.09) the other way round.
    assert found.lines[0].difference == 0.1
    assert found.lines[0].interval.low == pytest.approx(0.09)
    assert found.lines[0].interval.high == pytest.approx(0.12)


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        (
            [0.01, 0.023, 0.04],
            "differences from 2.3 points on for the median pair (1.0 to 4.0 for the others); smaller ones may exist unseen.",
        ),
        ([0.02, 0.03], "differences from 2.5 points on for the median pair (2.0 to 3.0 for the others); smaller ones may exist unseen."),
        ([0.02], "differences from 2.0 points on for the median pair; smaller ones may exist unseen."),
        ([0.02, math.inf, math.nan], "differences from 2.0 points on for the median pair; smaller ones may exist unseen."),
    ],
)
def test_the_smallest_detectable_difference(figures: list[float], sentence: str) -> None:
    one = track(row("a", 0.9), row("b", 0.8), pairs=tuple(pair("a", "b", 0.1, figure) for figure in figures))
    assert comparison.detectable(one) == f"181 pages of 126 sites can show {sentence}"


def test_no_detectable_difference_is_no_sentence() -> None:
    assert comparison.detectable(track(row("a", 0.9))) == ""
    assert comparison.detectable(track(row("a", 0.9), pairs=(pair("a", "b", 0.1, math.nan),))) == ""
    assert comparison.detectable_points(math.nan) == "–"


def test_ranks_under_each_metric_and_how_far_they_moved() -> None:
    rows = [row("a", 0.9), row("b", 0.8), row("c", 0.7), row("gold", 1.0)]
    rows += [row("a", 0.5, "words"), row("b", 0.6, "words"), row("c", 0.1 + 0.2 + 0.3, "words"), row("gold", 1.0, "words")]
    one = track(*rows)
    found = comparison.metric_table(one, [metric("alignment"), metric("words"), metric("segments", "pool")], view.standings(one))
    assert found is not None
    cells = {standing.entrant.name: [(cell.rank, cell.moved) for cell in line] for standing, line in found.lines}
    # b and c share the first place under words (0.6 but for the last bit); gold does not compete.
    assert cells == {"a": [(1, 0), (3, -2)], "b": [(2, 0), (1, 1)], "c": [(3, 0), (1, 2)], "gold": [(None, 0), (None, 0)]}
    assert found.absent == ["segments"]
    assert [column.about for column in found.columns] == ["alignment, of somebody.", "words, of somebody."]


def test_the_headline_alone_is_no_table() -> None:
    one = track(row("a", 0.9))
    assert comparison.metric_table(one, [metric("alignment")], view.standings(one)) is None


def test_the_sentence_on_agreement() -> None:
    rows = [row("a", 0.9), row("b", 0.8), row("a", 0.5, "words"), row("b", 0.6, "words"), row("a", 0.9, "bag"), row("b", 0.6, "bag")]
    correlations = [("alignment", "words", -1.0), ("alignment", "bag", 1.0), ("bag", "words", -1.0), ("alignment", "flat", math.nan)]
    one = track(*rows, correlations=tuple(Correlation(first, second, rho, rho, 2) for first, second, rho in correlations))
    found = comparison.agreement(one, comparison.metric_table(one, [metric(n) for n in ("alignment", "bag", "words")], view.standings(one)))
    assert found is not None
    assert found.sentence == (
        "1 of 2 other metrics put a first, as the headline does. "
        "Closest to the headline's order is that of bag (Spearman 1.00), farthest that of words (−1.00)."
    )


def test_a_metric_under_which_all_are_equal_puts_nobody_first() -> None:
    one = track(row("a", 0.9), row("b", 0.8), row("a", 0.5, "words"), row("b", 0.5, "words"))
    one = replace(one, correlations=(Correlation("alignment", "words", math.nan, math.nan, 2),))
    found = comparison.agreement(one, comparison.metric_table(one, [metric("alignment"), metric("words")], view.standings(one)))
    assert found is not None
    assert found.sentence == "0 of 1 other metric put a first, as the headline does."


def test_coefficients_and_probabilities_do_not_round_to_certainty() -> None:
    assert [view.coefficient(value) for value in (1.0, 0.9 + 0.1, 0.996, 0.5, -0.004, -0.996, -1.0)] == [
        "1.00", "1.00", "0.99", "0.50", "0.00", "−0.99", "−1.00",
    ]  # fmt: skip
    assert view.coefficient(math.nan) == "–"
    assert [view.probability(value) for value in (0.0, 0.0001, 0.0234, 0.9999, 1.0)] == [
        "0.000", "<\u202f0.001", "0.023", ">\u202f0.999", "1.000",
    ]  # fmt: skip


def test_an_averaging_that_is_not_known_is_named() -> None:
    assert view.averaging("pool") == "counts of all pages pooled"
    assert view.averaging("odd") == "averaged by its own rule “odd”"


def test_the_spread_table(document: lxml.html.HtmlElement) -> None:
    header, alpha, beta, heading, oracle = table(document, "html track: spread")
    assert header == ["extractor", "group", "mean of pages", "mean of sites", "median page", "= 100", "≥ 90", "< 50", "share of pages"]
    assert [alpha[0], alpha[1], *alpha[3:]] == ["alpha", "a", "61.0 (50.0–70.0)", "75.0", "1", "2", "1", ""]
    assert [beta[1], *beta[3:]] == ["ab", "55.0 (40.0–66.0)", "58.3", "1", "1", "1", ""]
    assert heading == [REFERENCE]
    assert [oracle[0], oracle[1], *oracle[3:]] == ["oracle", "–", "95.0", "96.0", "2", "4", "0", ""]
    # alpha: of four pages 1 perfect, 1 more good, 1 between, 1 bad.
    widths = document.xpath("//*[@aria-label='html track: spread']//tr[th='alpha']//i/@style")
    assert widths == ["width:25.0%"] * 4


def test_the_pairs_are_told_with_what_can_be_seen(document: lxml.html.HtmlElement) -> None:
    assert paragraph_after(document, "html-pairs") == (
        "4 pages of 3 sites can show differences from 12.3 points on for the median pair; smaller ones may exist unseen. "
        "On fewer than 20 sites none is called one."
    )
    assert table(document, "html track: pairs")[1:] == [["alpha", "beta", "+7.5 (−1.2 to +25.0)", "0.046", "12.3"]]
    assert not document.xpath("//*[@aria-label='html track: pairs']//strong")
    assert document.xpath("//details[.//*[@aria-label='html track: pairs']]")


def test_a_small_p_is_bold_on_enough_sites(compared: Summary, tmp_path: Path) -> None:
    summary = replace(compared, tracks=(replace(compared.tracks[0], sites=20),))
    document = whole(summary, tmp_path)
    assert document.xpath("//*[@aria-label='html track: pairs']//strong/text()") == ["0.046"]
    assert "none is called one" not in paragraph_after(document, "html-pairs")


def test_one_table_for_all_metrics(document: lxml.html.HtmlElement) -> None:
    assert table(document, "html track: metrics") == [
        ["extractor", "alignment", "shingles", "words3 pages"],
        ["alpha", "61.71", "71.21", "50.0▼ 2"],
        ["beta", "54.22", "61.82", "75.0▲ 1"],
        [REFERENCE],
        ["oracle", "95.0", "95.0", "100.0"],
        ["everything", "66.7", "66.7", "25.0"],
    ]
    text = words(document)
    assert "Bags of <words>. Mean over all pages." in text
    assert "Not on this track: segments." in text
    assert "Second opinion" not in text


def test_where_metrics_disagree(document: lxml.html.HtmlElement) -> None:
    assert paragraph_after(document, "html-agreement").startswith("1 of 2 other metrics put alpha first, as the headline does.")
    assert table(document, "html track: correlations") == [
        ["metric", "alignment", "shingles", "words"],
        ["alignment", "·", "1.00", "−1.00"],
        ["shingles", "1.00", "·", "0.50"],
        ["words", "−0.99", "0.25", "·"],
    ]
    assert "Orders of so few extractors agree or disagree by chance." in words(document)
    assert table(document, "html track: disagreements")[1:] == [["a/one", "alpha", "alignment", "80.0", "words", "25.0", "+55.0"]]


def test_of_every_two_metrics_three_disagreements_are_shown(compared: Summary, tmp_path: Path) -> None:
    many = [Disagreement(f"a/{n}", "alpha", "alignment", second, 0.9, 0.1) for second in ("words", "shingles") for n in range(5)]
    summary = replace(compared, tracks=(replace(compared.tracks[0], disagreements=tuple(many)),))
    document = whole(summary, tmp_path)
    rows = table(document, "html track: disagreements")[1:]
    assert [(cells[0], cells[4]) for cells in rows] == [(f"a/{n}", second) for second in ("words", "shingles") for n in range(3)]


def test_reference_rows_are_explained_and_apart(document: lxml.html.HtmlElement) -> None:
    rows = table(document, "html track: leaderboard")
    assert [cells[0] for cells in rows] == ["extractor", "alpha", "beta", REFERENCE, "oracle", "everything", "gone"]
    (details,) = document.xpath("//section[@aria-labelledby='html']//details[summary='What the reference rows are']")
    assert [words(item) for item in details.xpath(".//dt|.//dd")] == [
        "oracle", "The best answer per page.", "everything", "everything, a tool.",
    ]  # fmt: skip


def test_inferred_labels_are_marked(document: lxml.html.HtmlElement) -> None:
    leaks = table(document, "html track: leaks by label")
    assert leaks[0] == [
        "extractor", "not told apartheadline, byline, caption or rest of a paragraph7 pages40 words", "x-navinferred6 pages20 words",
        "x-nav5 pages10 words",
    ]  # fmt: skip
    assert leaks[1] == ["alpha", "25.0", "25.0", "10.0"]
    captions = {
        name: words(document.xpath("//*[@aria-label=$name]//caption", name=f"html track: {name} by label")[0])
        for name in ("leaks", "losses")
    }
    assert "Marked labels are inferred from the page’s HTML, not labelled by hand: how often they are right." in captions["leaks"]
    assert "These labels are inferred from the page’s HTML, not labelled by hand: how often they are right." in captions["losses"]
    assert document.xpath("//caption//a/@href").count("method.html#inferred") == 2
    assert document.xpath("//h2[@id='inferred']")


def test_how_often_inferred_labels_are_right(document: lxml.html.HtmlElement) -> None:
    # Clutter: 60 of 90 words. x-nav: 60 of 80 found, 60 of 70 right; x-ad: none of 10, none of 20.
    assert "12 pages of 9 sites that people labelled in full (100 words)" in words(document)
    assert "of the words of clutter, 66.7 % are inferred to be of the kind that people said." in words(document)
    assert table(document, "inferred against hand labels")[1:] == [
        ["x-nav", "80", "70", "75.0", "85.7"],
        ["x-ad", "10", "20", "0.0", "0.0"],
        ["p", "8", "10", "100.0", "80.0"],
        ["q", "2", "0", "0.0", "–"],
    ]


def test_without_a_confusion_the_report_says_where_it_is(compared: Summary, tmp_path: Path) -> None:
    document = whole(replace(compared, confusion=None), tmp_path)
    assert "How often an inferred label is right is measured in the report of a corpus that is labelled in full." in words(document)


def test_sections_of_what_is_not_there_are_left_out(summary: Summary, tmp_path: Path) -> None:
    bare = replace(summary.tracks[0], pairs=(), spreads=(), correlations=(), disagreements=())
    document = whole(replace(summary, tracks=(bare,)), tmp_path)
    for name in ("html-spread", "html-pairs", "html-agreement", "inferred"):
        assert not document.xpath("//*[@id=$id]", id=name)


def test_sites_and_complexity_among_the_slices(compared: Summary, tmp_path: Path) -> None:
    one = compared.tracks[0]
    one = replace(one, rows=tuple(row for row in one.rows if row.slice == "all"))
    names = [entrant.name for entrant in one.entrants if not entrant.reason]
    parts = [("site=a", 12), ("site=b", 9), ("complexity=q1", 10)]
    rows = tuple(Row(name, "alignment", part, pages, 3, f1=0.5) for part, pages in parts for name in names)
    one = replace(one, pages=40, complexity=(0.1, 0.25, 0.5, 0.625, 0.9), rows=(*one.rows, *rows))
    document = whole(replace(compared, tracks=(one,)), tmp_path)
    assert [cells[0] for cells in table(document, "html track: slices")[1:]] == ["site=a", "complexity=q1"]
    text = words(document)
    assert "site=b" not in text
    assert "in four equal parts: q1 up to 25.0 %, q2 to 50.0 %, q3 to 62.5 %, q4 to 90.0 %." in text
    assert "site=b" in (tmp_path / "scores.csv").read_text(encoding="utf-8")
