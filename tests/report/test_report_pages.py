"""The built folder: the same bytes twice, nothing from outside, sound structure, harmless whatever pages and extractors say."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import lxml.html
import matplotlib
import pytest

from harness.errors import StoreError
from harness.records import UNLABELLED
from harness.report.site import SHEETS, build
from harness.stats import LabelRow, Row
from harness.summary import Failure, PageRow, Summary

PLAIN = ["summary.md", "scores.csv", "leaks.csv", "losses.csv", "pairs.csv", "robots.txt"]


def page(summary: Summary, folder: Path, name: str = "index.html") -> lxml.html.HtmlElement:
    build(summary, folder)
    return opened(folder / name)


def opened(path: Path) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(path.read_text(encoding="utf-8"))


def whole(summary: Summary, folder: Path) -> lxml.html.HtmlElement:
    """The overview's pages as one document."""
    build(summary, folder)
    first, *others = [lxml.html.document_fromstring((folder / sheet.file).read_text(encoding="utf-8")) for sheet in SHEETS]
    for other in others:
        first.extend(list(other.iter("main")))
    return first


def html_files(summary: Summary, folder: Path) -> list[Path]:
    return [path for path in build(summary, folder) if path.suffix == ".html"]


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def table(document: lxml.html.HtmlElement, region: str) -> list[list[str]]:
    (found,) = document.xpath("//*[@role='region'][@aria-label=$name]//table", name=region)
    return [[words(cell) for cell in row.xpath("./th|./td")] for row in found.xpath(".//tr")]


def test_writes_and_returns_its_files(summary: Summary, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    paths = build(summary, folder)
    assert paths[0] == folder / "index.html"
    names = {path.relative_to(folder).as_posix() for path in paths}
    assert names >= {*PLAIN, *(sheet.file for sheet in SHEETS)}
    assert {name for name in names if name.startswith("x/")} == {
        f"x/{name}.html" for name in ("alpha", "beta", "everything", "gone", "lines")
    }
    assert set(paths) == {path for path in folder.rglob("*") if path.is_file()}


def test_what_an_earlier_report_left_is_removed_and_nothing_else(summary: Summary, tmp_path: Path) -> None:
    build(summary, tmp_path)
    mine, old = tmp_path / "x" / "notes.html", tmp_path / "assets" / "report.000000000000.css"
    mine.write_text("my own notes", encoding="utf-8")
    old.write_text("/* clutterbench */", encoding="utf-8")
    renamed = (tmp_path / "x" / "alpha.html").rename(tmp_path / "x" / "gone-too.html")
    build(summary, tmp_path)
    assert mine.is_file()
    assert not old.exists()
    assert not renamed.exists()
    assert (tmp_path / "x" / "alpha.html").is_file()


def test_two_builds_have_the_same_bytes_whatever_matplotlib_is_set_to(
    summary: Summary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [path.read_bytes() for path in build(summary, tmp_path / "one")]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")  # another day, as far as matplotlib knows
    before = dict(matplotlib.rcParams)
    with matplotlib.rc_context({"lines.linewidth": 9, "svg.fonttype": "path", "figure.dpi": 300}):
        second = [path.read_bytes() for path in build(summary, tmp_path / "two")]
    assert first == second
    assert dict(matplotlib.rcParams) == before


def test_no_figure_is_left_open(summary: Summary, tmp_path: Path) -> None:
    from matplotlib import pyplot

    build(summary, tmp_path)
    assert pyplot.get_fignums() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_a_store_error(summary: Summary, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="cannot be written"):
        build(summary, tmp_path / "reports")


@pytest.mark.parametrize("which", ["summary", "hostile", "compared"])
def test_ids_are_unique_and_every_reference_resolves(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    files = html_files(request.getfixturevalue(which), tmp_path)
    ids = {path: opened(path).xpath("//@id") for path in files}
    for path in files:
        document = opened(path)
        assert len(ids[path]) == len(set(ids[path]))
        for target in document.xpath("//a/@href|//link/@href|//script/@src"):
            name, _, fragment = unquote(target).partition("#")
            file = (path.parent / name).resolve() if name else path
            assert file.is_file(), target
            assert not fragment or fragment.startswith("?") or fragment in ids[file], target
        named = " ".join(document.xpath("//@aria-labelledby")).split()
        assert set(named) <= set(ids[path])
        html = path.read_text(encoding="utf-8")
        assert set(re.findall(r"url\(#([^)]*)\)", html)) <= set(ids[path])
        assert html.count("url(") == html.count("url(#")


@pytest.mark.parametrize("which", ["summary", "hostile", "compared"])
def test_nothing_is_loaded_but_the_reports_own_script_and_style(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    for path in html_files(request.getfixturevalue(which), tmp_path):
        document = opened(path)
        assert not document.xpath("//iframe|//img|//object|//embed|//base|//form|//svg//style|//style|//@srcset|//link[@rel!='stylesheet']")
        loaded = document.xpath("//script/@src|//link/@href")
        assert [re.sub(r"\.[0-9a-f]{12}\.", ".", name.removeprefix("../")) for name in loaded] == ["assets/report.css", "assets/report.js"]
        assert not document.xpath("//script[text()]")
        assert not [name for element in document.iter(lxml.html.etree.Element) for name in element.attrib if name.startswith("on")]
        html = path.read_text(encoding="utf-8")
        assert "@import" not in html
        assert "://" not in html
        assert document.xpath("string(//head/*[1]/@http-equiv)") == "Content-Security-Policy"
        assert document.xpath("string(//head/*[1]/@content)") == (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
            "frame-src 'none'"
        )


def test_what_pages_and_extractors_say_is_shown_and_harmless(hostile: Summary, tmp_path: Path) -> None:
    for path in build(hostile, tmp_path):
        if path.parent.name == "assets" or path.name == "robots.txt":
            continue
        text = path.read_text(encoding="utf-8")
        assert not set("\u202e\x00\x1b\r") & set(text)
        assert "\\u202e" in text
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "x" * 301 not in html
    assert "\\ud800" not in html  # cut off with the rest of a long detail
    markdown = (tmp_path / "summary.md").read_text(encoding="utf-8")
    outside_code = re.sub(r"`[^`\n]*`", "", re.sub(r"\\.", "", markdown))
    assert "<script" not in outside_code
    for block in re.findall(r"(?:^\|.*\n)+", markdown, flags=re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1, block


def test_structure_for_readers_without_sight(compared: Summary, tmp_path: Path) -> None:
    for path in html_files(compared, tmp_path):
        document = opened(path)
        assert document.get("lang") == "en"
        assert document.xpath("string(//body/*[1]/@href)") == "#main"
        levels = [int(heading.tag[1]) for heading in document.xpath("//h1|//h2|//h3|//h4")]
        assert levels[0] == 1, path
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), path
        assert not document.xpath("//table[not(caption)]|//th[not(@scope)]|//table[not(ancestor::*[@role='region'][@tabindex='0'])]")
        regions = document.xpath("//*[@role='region']/@aria-label")
        assert len(regions) == len(set(regions))
        assert document.xpath("count(//nav//a)") == len(SHEETS)
        for svg in document.xpath("//svg"):
            assert svg.get("role") == "img"
            assert [child.tag for child in svg[:2]] == ["title", "desc"]
    assert "alpha 61.7 (" in page(compared, tmp_path).xpath("//svg")[0].xpath("string(./desc)")


def test_the_leaderboard_holds_the_hand_computed_figures(summary: Summary, tmp_path: Path) -> None:
    header, alpha, beta, heading, everything, gone = table(page(summary, tmp_path), "html track: leaderboard")
    assert header == [
        "extractor", "F1 (95 % interval)", "rank", "behind the leader", "P", "R", "leak", "pages", "empty", "failed", "version",
    ]  # fmt: skip
    # F1 (0.8 + 2/3 + 1 + 0)/4; leak 10 of 25 words.
    assert alpha[1].startswith("61.7 (")
    assert alpha[3:] == ["leader", "70.0", "57.5", "40.0", "4", "0", "11 timeout", "1.0"]
    # F1 (2/3 + 0 + 1/2 + 1)/4 = 54.2, so 7.5 behind; three sites judge nothing.
    assert beta[1].startswith("54.2 (")
    assert re.fullmatch(r"−7\.5 \(.* to .*\) open", beta[3])
    assert beta[4:] == ["56.2", "52.5", "80.0", "4", "1", "0", "1.0"]
    assert heading == ["reference rows: floor, ceiling, difficulty"]
    assert everything[:3] == ["everything", "66.7 (66.7–66.7)", "–"]
    assert everything[3].startswith("+5.0 (")
    assert everything[3].endswith(")")
    assert gone == ["gone", "did not run: no wheel for this system", "–"]


def test_tracks_are_sections_of_their_own(summary: Summary, tmp_path: Path) -> None:
    document = page(summary, tmp_path)
    html, text = (document.xpath("//section[@aria-labelledby=$id]", id=name)[0] for name in ("html", "text"))
    assert summary.tracks[0].verdict in words(html)
    assert summary.tracks[1].verdict in words(text)
    assert [row[0] for row in table(document, "text track: leaderboard")] == ["extractor", "lines"]


def test_an_averaging_of_its_own_is_stated(summary: Summary, tmp_path: Path) -> None:
    document = page(summary, tmp_path, "metrics.html")
    assert "Shingles of four words. Precision over pages with an answer, recall over pages with a body" in words(document)
    # F1 of mean precision (0.8 + 1 + 1)/3 and mean recall 0.575; of (0.75 + 0.5 + 1)/3 and 0.525; of 1/2 and 1.
    assert table(document, "html track: metrics") == [
        ["extractor", "alignment", "shingles"],
        ["alpha", "61.71", "71.21"],
        ["beta", "54.22", "61.82"],
        ["reference rows: floor, ceiling, difficulty"],
        ["everything", "66.7", "66.7"],
    ]


def test_pages_where_extractors_differ_most_come_first(summary: Summary, tmp_path: Path) -> None:
    document = page(summary, tmp_path, "pages.html")
    rows = table(document, "html track: pages")
    assert [row[0] for row in rows[1:]] == ["c/one", "a/two", "b/one", "a/one"]
    # alpha timed out, beta is perfect.
    assert rows[1] == ["c/one", "news", "en", "50", "0", "100.0", "100.0", "50.0", "0.0", "0.0", "100.0"]
    assert "The same on every page: everything 66.7." in words(document)
    assert rows[4][3:6] == ["100", "25", "13.3"]


def test_few_pages_give_no_percentage_and_no_slice_mean(summary: Summary, tmp_path: Path) -> None:
    document = whole(summary, tmp_path)
    assert not document.xpath("//table[@class='heat']")
    text = words(document)
    assert "On fewer than 5 pages, so without a percentage (their counts are in the CSV files): x-nav (1 page, 20 words), x-ad" in text
    assert "Fewer than 10 pages get no figure, since a mean of so few would be taken for one: type=news (4 pages)" in text


def test_the_heat_table(summary: Summary, tmp_path: Path) -> None:
    shares = {"alpha": 0, "beta": 30, "everything": 100}
    on_pages = {"x-ad": 5, "x-nav": 9, "x-app": 4}
    leaks = [LabelRow(name, label, pages, 100, found) for name, found in shares.items() for label, pages in on_pages.items()]
    track = replace(summary.tracks[0], leaks=tuple(leaks))
    document = page(replace(summary, tracks=(track,)), tmp_path, "leaks.html")
    assert table(document, "html track: leaks by label") == [
        ["extractor", "x-nav9 pages100 words", "x-ad5 pages100 words"],
        ["alpha", "0.0", "0.0"], ["beta", "30.0", "30.0"],
        ["reference rows: floor, ceiling, difficulty"], ["everything", "100.0", "100.0"],
    ]  # fmt: skip
    (region,) = document.xpath("//*[@aria-label='html track: leaks by label']")
    assert region.xpath(".//td/@class") == ["heat-2", "heat-2"]  # a floor is not tinted
    assert "x-app (4 pages, 100 words)." in words(document)


def test_slices_with_a_figure_are_a_table(summary: Summary, tmp_path: Path) -> None:
    track = summary.tracks[0]
    part = [Row(name, "alignment", "type=blog", 12, 7, f1=f1) for name, f1 in (("alpha", 0.5), ("beta", 0.25), ("everything", 1.0))]
    track = replace(track, pages=40, rows=(*track.rows, *part))
    rows = table(page(replace(summary, tracks=(track,)), tmp_path, "slices.html"), "html track: slices")
    assert rows[1:] == [["type=blog", "12", "7", "50.0", "25.0", "100.0"]]


def test_gold_that_knows_only_the_body_gets_a_sentence_for_a_heat_table(make: Callable[..., Summary], tmp_path: Path) -> None:
    summary = make(coverage="body")
    track = replace(summary.tracks[0], leaks=tuple(LabelRow(name, UNLABELLED, 9, 100, 40) for name in ("alpha", "beta", "everything")))
    document = whole(replace(summary, tracks=(track,)), tmp_path)
    assert "of what kind they are cannot be told" in words(document)
    assert not document.xpath("//*[@aria-label='html track: leaks by label']")
    assert table(document, "html track: leaderboard")[1][6] == "40.0"
    assert "every other visible word must go like clutter, headline and byline included. It is x-unlabelled." in words(document)
    assert not document.xpath("//*[@id='inferred']")


def test_failures_are_listed_and_long_lists_cut_with_their_number(make: Callable[..., Summary], tmp_path: Path) -> None:
    failures = tuple(Failure("alpha", f"a/p{number:02}", "error", "ValueError: x") for number in range(25))
    document = page(make(failures=failures), tmp_path)
    assert "25 extractions did not answer" in words(document)
    rows = table(document, "failures of alpha")
    assert len(rows) == 21
    assert rows[1] == ["a/p00", "error", "ValueError: x"]
    assert "The first 20 of 25 pages." in words(document)


def test_no_failure_is_said(make: Callable[..., Summary], tmp_path: Path) -> None:
    document = page(make(), tmp_path)
    assert "None: every extractor that ran answered on every page." in words(document)
    assert not document.xpath("//*[@id='did-not-run']")


def test_one_site_has_figures_and_no_intervals(make: Callable[..., Summary], tmp_path: Path) -> None:
    document = page(make(sites={"b": "a", "c": "a"}), tmp_path)
    alpha = table(document, "html track: leaderboard")[1]
    assert alpha[1:4] == ["61.7", "–", "–"]
    assert len(document.xpath("//svg")) == 1


def test_only_a_text_track(make: Callable[..., Summary], tmp_path: Path) -> None:
    document = page(make(names=("lines",)), tmp_path)
    assert document.xpath("//h2/@id")[0] == "text"
    assert not document.xpath("//*[@id='html']")


def test_a_track_where_nothing_ran(make: Callable[..., Summary], tmp_path: Path) -> None:
    document = page(make(names=("lines",), extra=("gone",)), tmp_path)
    section = document.xpath("//section[@aria-labelledby='html']")[0]
    assert "No extractor ran, so there is nothing to compare." in words(section)
    assert not section.xpath(".//svg")
    assert [row[0] for row in table(document, "html track: leaderboard")] == ["extractor", "gone"]


def test_no_extractor_at_all(make: Callable[..., Summary], tmp_path: Path) -> None:
    document = page(make(names=()), tmp_path)
    assert "No extractor is in this run." in words(document)


def test_only_baselines(make: Callable[..., Summary], tmp_path: Path) -> None:
    document = whole(make(names=("everything",)), tmp_path)
    assert len(document.xpath("//svg")) == 2


def test_every_option_and_the_documentation_are_shown(summary: Summary, tmp_path: Path) -> None:
    track = summary.tracks[0]
    entrants = tuple(replace(one, options={"favor_recall": True, "limit": 3}) if one.name == "alpha" else one for one in track.entrants)
    text = words(page(replace(summary, tracks=(replace(track, entrants=entrants),)), tmp_path, "x/alpha.html"))
    assert "favor_recall = True, limit = 3" in text
    assert "alpha, a tool. MIT." in text


def test_size_stays_small_with_many_pages(summary: Summary, tmp_path: Path) -> None:
    names = [f"extractor-{number}" for number in range(9)]
    rows = [Row(name, "alignment", "all", 181, 126, 0.9, 0.8, 0.85) for name in names]
    entrants = [replace(summary.tracks[0].entrants[0], name=name) for name in names]
    counts, figures = {"body": 900, "may": 30, "clutter": 700}, dict.fromkeys(names, 0.5)
    pages = [PageRow(f"some-site-com/{n:012}", "some-site-com", "news", "en", counts, figures) for n in range(181)]
    track = replace(
        summary.tracks[0], entrants=tuple(entrants), rows=tuple(rows), page_rows=tuple(pages), leaks=(), losses=(), pairs=(), spreads=()
    )
    for path in build(replace(summary, tracks=(track,)), tmp_path):
        assert path.stat().st_size < 150_000, path
