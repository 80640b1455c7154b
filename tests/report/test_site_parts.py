"""What the overview says and draws beyond its leaderboard, in figures made by hand (see conftest): sentences, leaks, portraits, cost."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import lxml.html
import pytest

from harness.errors import StoreError
from harness.report import findings, measured, strips, view
from harness.report.drawing import palette
from harness.report.portrait import portrait
from harness.report.sections import Section, section
from harness.report.site import SHEETS, build
from harness.report.templating import assets, environment, extractor_file
from harness.report.worst import Leak, by_label, worst
from harness.stats import LabelRow, Row
from harness.summary import Summary
from tests.report.explored import add_page, reported


def opened(path: Path) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(path.read_text(encoding="utf-8"))


@pytest.fixture
def html(summary: Summary) -> Section:
    return section(summary.tracks[0], summary)


def test_each_pages_sentence(html: Section, summary: Summary) -> None:
    # Of 25 words of clutter alpha lets 10 through, beta 20; of 350 words of the body (a/one's alone are told apart) 80 and 60 are kept.
    assert findings.leaks(html) == "Extractors let through from 40.0 % (alpha) to 80.0 % (beta) of the words of clutter."
    assert findings.losses(html) == "Extractors lose from 77.1 % (alpha) to 82.9 % (beta) of the words of the body."
    # Mean precision (0.8 + 1 + 1 + 0)/4 against (0.75 + 0 + 0.5 + 1)/4, recall (0.8 + 0.5 + 1 + 0)/4 against (0.6 + 0 + 0.5 + 1)/4.
    assert re.fullmatch(
        r"alpha has the highest mean precision, 70\.0 \(.*\), and the highest mean recall, 57\.5 \(.*\)\.", findings.tradeoffs(html)
    )
    assert findings.slices(html) == "No part of these pages is large enough for a figure of its own."
    assert findings.pages(html) == (
        "Extractors differ most on c/one, from F1 0.0 to 100.0. Of 4 pages, 0 are below 50.0 for all of them, 0 at 90.0 or above for all."
    )
    alike = replace(html, pages=[replace(line, best=0.9, worst=0.4) for line in html.pages])
    assert findings.pages(alike).startswith(
        f"Extractors differ most on 4 pages alike, by 50.0 points (the first by name: {html.pages[0].row.page}). Of 4 pages,"
    )
    # 350 words of body, 7 may, 25 clutter.
    assert findings.corpus(summary) == (
        "4 pages of 3 sites, in 1 language and of 1 type. Of 382 words, 91.6 % body, 1.8 % may, 6.5 % clutter."
    )


def test_the_kind_that_leaks_most_is_the_median_extractors(summary: Summary) -> None:
    shares = {"alpha": (10, 90), "beta": (30, 0), "everything": (100, 100)}
    leaks = [LabelRow(name, label, 9, 100, n) for name, some in shares.items() for label, n in zip(("x-nav", "x-ad"), some, strict=True)]
    one = section(replace(summary.tracks[0], leaks=tuple(leaks)), summary)
    # x-nav 10 and 30, x-ad 90 and 0: medians 20 and 45.
    assert findings.leaks(one).endswith("The kind that leaks most in the median extractor is x-ad: 45.0 % of its words.")


def test_parts_where_another_is_highest_are_named(summary: Summary) -> None:
    names = ("alpha", "beta", "everything")
    parts = {"type=news": (0.5, 0.4, 1.0), "lang=de": (0.5, 0.6, 1.0)}
    rows = [
        Row(name, "alignment", part, 12, 7, f1=f1) for part, some in parts.items() for name, f1 in zip(names, some, strict=True)
    ]  # fmt: skip
    track = replace(summary.tracks[0], pages=40, rows=(*(row for row in summary.tracks[0].rows if row.slice == "all"), *rows))
    one = section(track, summary)
    assert findings.slices(one) == "alpha, highest over all pages, is so too on 1 of 2 parts of them; another is on lang=de (beta)."
    assert one.slice_plot is not None
    assert "type=news: 40.0 to 50.0; lang=de: 50.0 to 60.0" in one.slice_plot


def test_the_largest_leaks_name_all_that_let_any_through(summary: Summary) -> None:
    assert worst(summary.tracks[0], ["alpha", "beta"], 9) == [Leak("a/one", "x-nav", 20, ("beta", "alpha"))]
    assert by_label(summary.tracks[0], "alpha", 9) == {"x-nav": [Leak("a/one", "x-nav", 10, ("alpha",))]}


def test_a_portrait(html: Section, summary: Summary) -> None:
    alpha = portrait(html, html.standings[0], summary)
    # F1 80, 66.7, 100 and a timeout.
    assert {name: count for name, count in alpha.bins if count} == {"0–10": 1, "60–70": 1, "80–90": 1, "100": 1}
    assert [(line.row.page, round(line.f1, 3), line.status) for line in alpha.worst] == [
        ("c/one", 0.0, "timeout"), ("a/two", 0.667, ""), ("a/one", 0.8, ""),
    ]  # fmt: skip
    assert [(line.row.label, line.row.found, line.anchor) for line in alpha.leaks] == [
        ("x-nav", 10, "leak-x-nav"),
        ("x-ad", 0, "leak-x-ad"),
    ]
    assert [(row.label, row.tokens) for row in alpha.losses] == [("p", 340), ("h", 10)]
    assert list(alpha.failures) == ["timeout"]


def test_a_cell_of_the_heat_table_leads_to_the_pages_of_that_leak(compared: Summary, tmp_path: Path) -> None:
    build(compared, tmp_path)
    leaks = opened(tmp_path / "leaks.html")
    (cell,) = leaks.xpath("//*[@aria-label='html track: leaks by label']//tr[th='alpha']/td[3]/a/@href")
    assert cell == "x/alpha.html#leak-x-nav"
    alpha = opened(tmp_path / "x" / "alpha.html")
    assert alpha.xpath("//tr[@id='leak-x-nav']//a[@class='all']/@href") == ["../pages.html#?x=alpha&q=leak:nav"]


def cost(name: str, ratio: float, f1: float, html: Section) -> strips.Cost:
    row = html.ran[0].row
    assert row is not None
    return strips.Cost(name, replace(html.ran[0], row=replace(row, f1=f1)), ratio, ratio, ratio, "1")


def test_steps_join_what_none_is_both_faster_and_higher_than(html: Section) -> None:
    some = [cost("slow", 9, 0.9, html), cost("slower", 10, 0.9, html), cost("fast", 1, 0.5, html), cost("worse", 2, 0.4, html)]
    assert [one.name for one in strips._frontier(some)] == ["fast", "slow"]
    assert strips.speed_plot(some, "x").count("<svg") == 1


TIMES = {
    "format": 1, "rounds": 3, "reference": {"html": "beta"}, "pages": {"html": 12}, "machine": {"processor": "Abacus", "cores": 2},
    "costs": [
        {"extractor": "alpha", "ratio": 2.5, "ratio_low": 2.4, "ratio_high": 2.6, "page_median": 12.345},
        {"extractor": "beta", "ratio": 1.0, "ratio_low": 0.9, "ratio_high": 1.1, "page_median": None},
        {"extractor": "gone", "ratio": None, "ratio_low": None, "ratio_high": None, "page_median": None},
    ],
}  # fmt: skip


def test_costs_go_cheapest_first_with_three_digits(html: Section) -> None:
    assert [(one.name, one.ratio, one.milliseconds) for one in html.costs(TIMES)] == [
        ("beta", "1 (0.9–1.1)", "–"), ("alpha", "2.5 (2.4–2.6)", "12.3"),
    ]  # fmt: skip
    assert html.costs({}) == []


def test_odd_pages_in_a_sentence() -> None:
    cells = {
        "alpha": {"empty": {"status": "none"}, "20 MB": {"status": "timeout"}},
        "beta": {"empty": {"status": "ok"}, "20 MB": {"status": "ok"}},
    }
    assert findings.robustness(cells) == "2 extractors on 2 odd pages: 1 of 4 calls failed, most of them on “20 MB” (1)."


def test_measurements_are_read_where_they_are(tmp_path: Path) -> None:
    assert measured.read(tmp_path) == measured.Measured()
    path = tmp_path / measured.FILES["time"]
    path.parent.mkdir()
    path.write_text(json.dumps(TIMES))
    assert measured.read(tmp_path).time["rounds"] == 3
    for text in ("{", "[]", '{"format": 2}'):
        path.write_text(text)
        with pytest.raises(StoreError, match="clutterbench time"):
            measured.read(tmp_path)


def test_pictures_for_a_readme_are_in_the_colours_of_their_theme(compared: Summary, tmp_path: Path) -> None:
    build(compared, tmp_path)
    light, dark = ((tmp_path / "pictures" / f"leaderboard-{theme}.svg").read_text(encoding="utf-8") for theme in ("light", "dark"))
    assert '<rect width="720"' in light
    assert "#ffffff" in light
    assert "#ffffff" not in dark
    assert re.sub("#[0-9a-f]{6}", "", light) == re.sub("#[0-9a-f]{6}", "", dark)
    heat = (tmp_path / "pictures" / "leaks-light.svg").read_text(encoding="utf-8")
    assert "var(--" not in light + dark + heat
    assert lxml.html.fromstring(heat.encode()) is not None
    assert "10.0" in heat


def test_every_colour_has_a_dark_twin() -> None:
    light, dark = palette("light"), palette("dark")
    assert light.keys() == dark.keys()
    assert {"surface", "text", "muted", "heat-4"} <= light.keys()
    assert all(light[name] != dark[name] for name in light)


def contrast(one: str, two: str) -> float:
    """The contrast of two colours by WCAG 2.2."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_marks_stand_out(theme: str) -> None:
    colours = palette(theme)
    for text in ("text", "muted", "link"):
        for ground in ("surface", "raised"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for step in range(1, 5):
        assert contrast(colours["text"], colours[f"heat-{step}"]) >= 4.5
    for mark in ("extractor", "converter", "reference", "baseline"):
        assert contrast(colours[mark], colours["surface"]) >= 3, mark


def test_script_and_style_are_small_and_named_by_their_content() -> None:
    found = assets()
    size = {ending: sum(len(text.encode()) for name, text in found.values() if name.endswith(ending)) for ending in (".js", ".css")}
    assert size[".js"] <= 40_000
    assert size[".css"] <= 20_000
    for name, text in found.values():
        assert re.fullmatch(r"assets/\w+\.[0-9a-f]{12}\.(js|css)", name)
        assert "http:" not in text
        assert "https:" not in text
        assert "innerHTML" not in text


def test_an_extractor_with_an_odd_name_has_a_plain_file_name() -> None:
    assert extractor_file("trafilatura==2.0.0") == "x/trafilatura==2.0.0.html"
    for odd in ("../../etc/passwd", "", "a b", "ü", ".hidden"):
        assert re.fullmatch(r"x/_[0-9a-f]{12}\.html", extractor_file(odd))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The report of two pages with answers by hand: "leaky" lets the ten words of a see-also line through on one of them."""
    sentence = "The last ferry to Greyholm stops in October, the board said."
    see_also = "See also: the bridge toll rises again in the spring"
    html = f"<nav>Home News Weather</nav><p>{sentence}</p><p>{see_also}</p>"
    add_page(tmp_path, "post/ferry", html, {}, {"Home": "x-nav", "See": "x-see-also"})
    add_page(tmp_path, "echo/pier", "<p>The old pier was closed.</p>", {}, {})
    answers = {
        "post/ferry": {"clean": ("ok", sentence, ""), "leaky": ("ok", f"{sentence}\n{see_also}", "")},
        "echo/pier": {"clean": ("ok", "The old pier was closed.", ""), "leaky": ("ok", "The old pier was closed.", "")},
    }
    return reported(tmp_path, answers)


def test_a_leak_is_told_with_how_it_begins_and_leads_to_the_answer(folder: Path) -> None:
    document = opened(folder / "leaks.html")
    (row,) = document.xpath("//*[@aria-label='html track: largest leaks']//tbody/tr")
    assert [" ".join(cell.text_content().split()) for cell in row] == [
        "post/ferry", "x-see-also", "10", "See also: the bridge toll rises again in the spring", "leaky",
    ]  # fmt: skip
    link = row.xpath("./td[last()]/a/@href")[0]
    file, _, state = link.partition("#")
    assert (folder / file).is_file()
    assert state == "x=leaky&label=x-see-also"
    alpha = opened(folder / "x" / "leaky.html")
    assert alpha.xpath("//tr[@id='leak-x-see-also']//q/text()") == ["See also: the bridge toll rises again in the spring"]


def test_a_leaks_words_are_text_with_their_spelling() -> None:
    one = environment().from_string("{{ words | page_text }}")
    # The soft hyphen is part of the word, the direction mark is not.
    assert one.render(words="Unter\u00adschriften <b> \u202e") == "Unter\u00adschriften &lt;b&gt; \\u202e"


def test_the_corpus_in_counts(folder: Path) -> None:
    document = opened(folder / "corpus.html")
    rows = {
        row[0].text_content(): [cell.text_content() for cell in row[2:]] for row in document.xpath("//table[@data-list='label']/tbody/tr")
    }
    # p: 11 words and 5; see-also 10; nav 3.
    assert {label: cells[:2] for label, cells in rows.items()} == {"p": ["2", "16"], "x-see-also": ["1", "10"], "x-nav": ["1", "3"]}
    assert "No page of this corpus has a second labelling." in document.text_content()


def test_all_of_it_links_up(folder: Path) -> None:
    for path in folder.rglob("*.html"):
        document = opened(path)
        for target in document.xpath("//a/@href"):
            name = target.partition("#")[0]
            assert not name or name.startswith("https://") or (path.parent / name).is_file(), (path, target)
    assert len(list(folder.glob("*.html"))) == len(SHEETS)


def test_a_grid_without_common_labels_is_no_picture(summary: Summary, tmp_path: Path) -> None:
    build(summary, tmp_path)
    assert not (tmp_path / "pictures" / "leaks-light.svg").exists()
    assert view.grid(["alpha"], summary.tracks[0].leaks, lost=False).columns == ()
