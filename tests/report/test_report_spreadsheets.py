"""CSV files against figures computed by hand; see `conftest.py` for the counts behind them."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable
from dataclasses import replace

from harness.report import spreadsheets
from harness.stats import Interval, Pair
from harness.summary import Summary

SIGNATURE = r"f1\|m:1\|track:html\|tok:[^ ]*\|gold:0123456789ab\|n:4/3\|boot:site,10000,s0\|v:[^ ]*"


def records(text: str) -> list[dict[str, str]]:
    comment, _, rest = text.partition("\n")
    assert comment.startswith("# ")
    return list(csv.DictReader(rest.splitlines()))


def test_scores_csv_has_its_columns_and_signature(summary: Summary) -> None:
    first, header, *rows = spreadsheets.scores_csv(summary).splitlines()
    assert re.fullmatch(f"# {SIGNATURE}  shingles.*", first)
    assert header == (
        "extractor,category,version,metric,track,slice,pages,sites,precision,recall,f1,f1_low,f1_high,rank_low,rank_high,"
        "ok,empty,error,timeout,crash,memory"
    )
    # Of the slice "all" four that ran × two metrics, and one absent × two metrics.
    assert sum(row.split(",")[5] == "all" for row in rows) == 4 * 2 + 2
    assert {row.count(",") for row in rows} == {header.count(",")}


def test_scores_csv_figures(summary: Summary) -> None:
    found = {(row["extractor"], row["metric"], row["slice"]): row for row in records(spreadsheets.scores_csv(summary))}
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
    rows = records(spreadsheets.scores_csv(summary))
    (part,) = [row for row in rows if (row["extractor"], row["metric"], row["slice"]) == ("alpha", "alignment", "type=news")]
    blank = ("precision", "recall", "f1", "f1_low", "f1_high", "rank_low", "rank_high")
    assert part["pages"] == "4"
    assert {part[key] for key in blank} == {""}
    absent = [row for row in rows if row["extractor"] == "gone"]
    assert [(row["metric"], row["slice"], row["pages"]) for row in absent] == [("alignment", "all", "0"), ("shingles", "all", "0")]
    assert {row[key] for row in absent for key in (*blank, "sites", "ok", "memory", "version")} == {""}


def test_leaks_and_losses_csv(summary: Summary) -> None:
    assert re.fullmatch(f"# {SIGNATURE}  f1.*", spreadsheets.leaks_csv(summary).splitlines()[0])
    leaks = spreadsheets.leaks_csv(summary).splitlines()
    assert leaks[1] == "extractor,label,inferred,pages,tokens,leaked,rate"
    assert "alpha,x-nav,no,1,20,10,0.500000" in leaks
    assert "beta,x-ad,no,1,5,0,0.000000" in leaks
    losses = spreadsheets.losses_csv(summary).splitlines()
    assert losses[1] == "extractor,label,inferred,pages,tokens,lost,rate"
    # 340 words of p on four pages, of which the labels' counts say 80 were kept.
    assert "alpha,p,no,4,340,260,0.764706" in losses


def test_csv_of_a_run_without_extractors_is_a_header(make: Callable[..., Summary]) -> None:
    assert spreadsheets.scores_csv(make(names=())).splitlines()[0] == "# nothing was scored"
    assert records(spreadsheets.leaks_csv(make(names=()))) == []


def test_inferred_labels_are_marked_in_their_rows(compared: Summary) -> None:
    leaks = spreadsheets.leaks_csv(compared).splitlines()
    assert "alpha,x-nav,yes,6,20,5,0.250000" in leaks
    assert "alpha,x-nav,no,5,10,1,0.100000" in leaks
    assert "alpha,x-unlabelled,no,7,40,10,0.250000" in leaks
    assert "oracle,p,yes,7,100,20,0.200000" in spreadsheets.losses_csv(compared).splitlines()


def test_pairs_csv(compared: Summary) -> None:
    comment, header, *rows = spreadsheets.pairs_csv(compared).splitlines()
    assert re.fullmatch(f"# {SIGNATURE}  f1.*", comment)
    assert header == "track,first,second,difference,low,high,p,p_maxt,p_holm,detectable"
    assert rows == ["html,beta,alpha,-0.075000,-0.250000,0.012500,0.023400,0.045600,0.100000,0.123000"]


def test_pairs_csv_leaves_blank_what_is_not_a_number_and_has_no_negative_zero(compared: Summary) -> None:
    pair = Pair("a", "b", -1e-9, Interval(-0.1, 0.1), 1.0, 1.0, 1.0, math.inf)
    track = replace(compared.tracks[0], pairs=(pair,))
    row = spreadsheets.pairs_csv(replace(compared, tracks=(track,))).splitlines()[2]
    assert row == "html,a,b,0.000000,-0.100000,0.100000,1.000000,1.000000,1.000000,"


def test_pairs_csv_of_a_run_without_pairs_is_a_header(make: Callable[..., Summary]) -> None:
    assert records(spreadsheets.pairs_csv(make(names=("everything",)))) == []
