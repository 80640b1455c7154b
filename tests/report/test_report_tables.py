"""Markdown and terminal tables against figures computed by hand; see `conftest.py` for the counts behind them."""

from __future__ import annotations

from dataclasses import replace

from harness.report import tables
from harness.stats import Interval, LabelRow, Row
from harness.summary import Entrant, Summary, TrackSummary


def track_of(rows: tuple[Row, ...], *entrants: Entrant, leaks: tuple[LabelRow, ...] = ()) -> TrackSummary:
    return TrackSummary("html", 181, 126, entrants, rows, {"alignment": "f1|n:181/126"}, leaks, (), "A leads.", ())


def entrant(name: str, category: str = "extractor", reason: str = "") -> Entrant:
    return Entrant(name, name, "html", category, "" if reason else "2.0", "", {}, reason)


def ranked(name: str, sites: int = 126) -> tuple[Row, ...]:
    def row(name: str, f1: float, rank: tuple[int, int], **more: object) -> Row:
        statuses = {"ok": 178, "empty": 1, "error": 2}
        made = Row(name, "alignment", "all", 181, sites, 0.9, 0.95, f1, Interval(f1 - 0.01, f1 + 0.01), rank=rank, statuses=statuses)
        return replace(made, **more)  # type: ignore[arg-type]

    return (
        row(name, 0.97, (1, 1)),
        row("b", 0.96, (1, 2), behind=-0.01, behind_interval=Interval(-0.03, 0.01), separable=False),
        row("c", 0.5, (3, 3), behind=-0.47, behind_interval=Interval(-0.5, -0.4), separable=sites >= 20),
    )


def test_terminal_table() -> None:
    absent = entrant("gone", reason="no wheel")
    track = track_of(ranked("a"), entrant("a"), entrant("b"), entrant("c"), absent)
    assert tables.terminal(Summary("x", (track,), (), (absent,), (), "full")) == (
        "html track, 181 pages of 126 sites\n"
        "  extractor  F1 (95 % interval)  rank     P     R       behind  empty  failed\n"
        "  a            97.0 (96.0–98.0)     1  90.0  95.0       leader      1       2\n"
        "  b            96.0 (95.0–97.0)   1–2  90.0  95.0     −1.0 tie      1       2\n"
        "  c            50.0 (49.0–51.0)     3  90.0  95.0  −47.0 worse      1       2\n"
        "f1|n:181/126\n"
        "\n"
        "gone  did not run: no wheel\n"
    )


def test_terminal_sets_reference_rows_apart_below_a_rule() -> None:
    more = [Row(name, "alignment", "all", 181, 126, 1.0, 1.0, f1) for name, f1 in (("whole", 0.9), ("gold", 1.0), ("floor", 0.4))]
    kinds = {"a": "extractor", "b": "extractor", "c": "extractor", "whole": "converter", "gold": "reference", "floor": "baseline"}
    track = track_of((*more, *ranked("a")), *(entrant(name, kind) for name, kind in kinds.items()))
    lines = tables.terminal(Summary("x", (track,), (), (), (), "full")).splitlines()
    assert [line.split()[0] for line in lines[2:-1]] == ["a", "b", "c", RULE, "whole", RULE, "gold", "floor"]
    assert len(lines[5]) == len(lines[1])


RULE = "─" * 77


def test_terminal_fits_its_width_and_shows_what_is_hidden() -> None:
    name = "a-very-long-name-" * 5 + "\x1b[31m"
    absent = entrant("\u202egone", reason="because " * 60)
    track = track_of(ranked(name), entrant(name), entrant("b"), entrant("c"), absent)
    text = tables.terminal(Summary("x", (track,), (), (absent,), (), "full"))
    assert max(len(line) for line in text.splitlines()) <= 100
    assert "…" in text
    assert not set("\x1b\u202e") & set(text)
    assert text.count("because") == 60


def test_too_few_sites_are_no_tie() -> None:
    track = track_of(ranked("a", sites=11), entrant("a"), entrant("b"), entrant("c"))
    text = tables.terminal(Summary("x", (track,), (), (), (), "full"))
    assert "−47.0 open" in text
    assert "tie" not in text


def test_markdown_leaderboard() -> None:
    rows = (*ranked("a_b|c"), Row("floor", "alignment", "all", 181, 126, 0.5, 1.0, 2 / 3))
    absent = entrant("gone", reason="no `wheel` | here")
    leaks = (LabelRow("a_b|c", "x-nav", 9, 100, 3), LabelRow("a_b|c", "x-ad", 9, 100, 0))
    track = track_of(rows, entrant("a_b|c"), entrant("b"), entrant("c"), entrant("floor", "baseline"), absent, leaks=leaks)
    assert tables.markdown_leaderboard(track).splitlines() == [
        "| extractor | F1 (95 % interval) | rank | behind the leader | P | R | leak | empty | failed | version |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --- |",
        "| a\\_b\\|c | 97.0 (96.0–98.0) | 1 | leader | 90.0 | 95.0 | 1.5 | 1 | 2: 2\u00a0error | 2.0 |",
        "| b | 96.0 (95.0–97.0) | 1–2 | −1.0 (−3.0 to +1.0) tie | 90.0 | 95.0 | – | 1 | 2: 2\u00a0error | 2.0 |",
        "| c | 50.0 (49.0–51.0) | 3 | −47.0 (−50.0 to −40.0) worse | 90.0 | 95.0 | – | 1 | 2: 2\u00a0error | 2.0 |",
        "| *floor* (baseline) | 66.7 | – | – | 50.0 | 100.0 | – | 0 | 0 | 2.0 |",
        "| gone | did not run | – | – | – | – | – | – | – | `no 'wheel' \\| here` |",
        "",
        "`f1|n:181/126`",
    ]


def test_markdown_leaks_show_the_most_common_labels() -> None:
    labels = ("x-nav", "x-ad", "x-footer", "x-share", "x-tags", "x-app", "x-cookie", "x-other", "x-toc")
    leaks = tuple(LabelRow("a", label, 20 - number, 100, number) for number, label in enumerate(labels))
    track = track_of(ranked("a")[:1], entrant("a"), leaks=leaks)
    text = tables.markdown(Summary("x", (track,), (), (), (), "full"))
    assert "| x-nav<br>20 pages | x-ad<br>19 pages |" in text
    assert "x-toc" not in text
    assert "| a | 0.0 | 1.0 | 2.0 |" in text
    assert "1 rarer kinds of clutter are in `leaks.csv`." in text


def test_markdown_of_everything_measured(compared: Summary) -> None:
    text = tables.markdown(compared)
    assert "4 pages of 3 sites can show differences from 12.3 points on for the median pair; smaller ones may exist unseen." in text
    assert (
        "| percent of words let through | not told apart (headline, byline, caption or rest of a paragraph)<br>7 pages "
        "| x-nav<br>6 pages<br>*inferred* | x-nav<br>5 pages |" in text
    )
    assert "| alpha | 25.0 | 25.0 | 10.0 |" in text
    assert "| *oracle* | 25.0 | 25.0 | 10.0 |" in text
    assert "| *oracle* | 95.0 | 95.0 | 100.0 |" in text
    assert "*inferred*: the label was inferred from the page's HTML, not given by hand." in text
    assert "| F1 by each metric's own averaging | alignment | shingles | words |" in text
    assert "| *oracle* (reference) | 95.0 (66.7–66.7) | – |" in text


def test_markdown_of_the_sample(summary: Summary) -> None:
    text = tables.markdown(summary)
    assert text.startswith("# clutterbench: sample\n\n## html track: 4 pages of 3 sites\n\nalpha has the highest")
    assert "## text track" in text
    assert "| alpha | c/one | timeout | `still running after 20 s` |" in text
    assert "| gone | `no wheel for this system` |" in text
    assert text.endswith("\n```\n")
