"""CSV, Markdown and terminal tables against figures computed by hand; see `conftest.py` for the counts behind them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace

from harness.report import tables
from harness.stats import Interval, LabelRow, Row
from harness.summary import Entrant, Summary, TrackSummary

SIGNATURE = r"f1\|m:1\|track:html\|tok:[^ ]*\|gold:0123456789ab\|n:4/3\|boot:site,10000,s0\|v:[^ ]*"


def records(text: str) -> list[dict[str, str]]:
    comment, _, rest = text.partition("\n")
    assert comment.startswith("# ")
    return list(csv.DictReader(rest.splitlines()))


def test_scores_csv_has_its_columns_and_signature(summary: Summary) -> None:
    first, header, *rows = tables.scores_csv(summary).splitlines()
    assert re.fullmatch(f"# {SIGNATURE}  shingles.*", first)
    assert header == (
        "extractor,category,version,metric,track,slice,pages,sites,precision,recall,f1,f1_low,f1_high,rank_low,rank_high,"
        "ok,empty,error,timeout,crash,memory"
    )
    # Four that ran × two metrics × (all, type, lang, origin), and one absent × two metrics.
    assert len(rows) == 4 * 2 * 4 + 2


def test_scores_csv_figures(summary: Summary) -> None:
    found = {(row["extractor"], row["metric"], row["slice"]): row for row in records(tables.scores_csv(summary))}
    alpha = found["alpha", "alignment", "all"]
    assert [alpha[key] for key in ("category", "version", "track", "pages", "sites")] == ["extractor", "1.0", "html", "4", "3"]
    assert [alpha[key] for key in ("precision", "recall", "f1")] == ["0.700000", "0.575000", "0.616667"]
    assert 0 <= float(alpha["f1_low"]) <= 0.616667 <= float(alpha["f1_high"]) <= 1
    assert [alpha[key] for key in ("ok", "empty", "error", "timeout", "crash", "memory")] == ["3", "0", "0", "1", "0", "0"]
    assert {alpha["rank_low"], alpha["rank_high"]} <= {"1", "2"}
    beta = found["beta", "alignment", "all"]
    assert [beta[key] for key in ("precision", "recall", "f1", "ok", "empty")] == ["0.562500", "0.525000", "0.541667", "3", "1"]
    floor = found["everything", "alignment", "all"]
    assert [floor[key] for key in ("f1", "f1_low", "f1_high", "rank_low", "rank_high")] == ["0.666667"] * 3 + ["", ""]
    # As AEB averages: precision over the three pages with an answer, F1 of the two means.
    assert [found["alpha", "shingles", "all"][key] for key in ("precision", "recall", "f1")] == ["0.933333", "0.575000", "0.711602"]
    assert found["lines", "alignment", "all"]["track"] == "text"


def test_scores_csv_leaves_blank_what_is_not_known(summary: Summary) -> None:
    rows = records(tables.scores_csv(summary))
    (part,) = [row for row in rows if (row["extractor"], row["metric"], row["slice"]) == ("alpha", "alignment", "type=news")]
    blank = ("precision", "recall", "f1", "f1_low", "f1_high", "rank_low", "rank_high")
    assert part["pages"] == "4"
    assert {part[key] for key in blank} == {""}
    absent = [row for row in rows if row["extractor"] == "gone"]
    assert [(row["metric"], row["slice"], row["pages"]) for row in absent] == [("alignment", "all", "0"), ("shingles", "all", "0")]
    assert {row[key] for row in absent for key in (*blank, "sites", "ok", "memory", "version")} == {""}


def test_leaks_and_losses_csv(summary: Summary) -> None:
    assert re.fullmatch(f"# {SIGNATURE}  f1.*", tables.leaks_csv(summary).splitlines()[0])
    leaks = tables.leaks_csv(summary).splitlines()
    assert leaks[1] == "extractor,label,inferred,pages,tokens,leaked,rate"
    assert "alpha,x-nav,no,1,20,10,0.500000" in leaks
    assert "beta,x-ad,no,1,5,0,0.000000" in leaks
    losses = tables.losses_csv(summary).splitlines()
    assert losses[1] == "extractor,label,pages,tokens,lost,rate"
    # 340 words of p on four pages, of which the labels' counts say 80 were kept.
    assert "alpha,p,4,340,260,0.764706" in losses


def test_csv_of_a_run_without_extractors_is_a_header(make: Callable[..., Summary]) -> None:
    assert tables.scores_csv(make(names=())).splitlines()[0] == "# nothing was scored"
    assert records(tables.leaks_csv(make(names=()))) == []


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


def test_markdown_of_the_sample(summary: Summary) -> None:
    text = tables.markdown(summary)
    assert text.startswith("# clutterbench: sample\n\n## html track: 4 pages of 3 sites\n\nalpha has the highest")
    assert "## text track" in text
    assert "| alpha | c/one | timeout | `still running after 20 s` |" in text
    assert "| gone | `no wheel for this system` |" in text
    assert text.endswith("\n```\n")
