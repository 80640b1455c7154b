"""The overview in a real browser: sound for readers of all kinds, with and without the script, at 320 px, in both themes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from harness.report.explorer import page_link
from harness.report.site import SHEETS, build
from harness.summary import Summary
from tests.report.browser import chromium
from tests.report.explored import add_page, reported

FILES = [*(sheet.file for sheet in SHEETS), "x/alpha.html", "x/gone.html"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture
def site(compared: Summary, folder: Path) -> Path:
    """The report, made by the first test that asks: it takes half a second, and all of them only read it."""
    if not (folder / "index.html").exists():
        build(compared, folder)
    return folder


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    wrong: list[str] = []
    tab = context.new_page()
    tab.on("console", lambda message: wrong.append(message.text))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    yield tab
    context.close()
    assert wrong == []


def address(site: Path, file: str, state: str = "") -> str:
    return (site / file).resolve().as_uri() + state


def shown(page: Page, list_id: str) -> list[str]:
    """The first cells of the rows that are shown."""
    rows = page.locator(f"table[data-list='{list_id}'] > tbody > tr:not(.sub):visible > th")
    return [text.strip() for text in rows.all_inner_texts()]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_of_any_reader(browser: Browser, site: Path, theme: str) -> None:
    context = browser.new_context(color_scheme="dark" if theme == "dark" else "light")
    tab = context.new_page()
    for file in FILES:
        tab.goto(address(site, file))
        for fold in tab.locator("details > summary").all():
            fold.click()
        found = Axe().run(tab).response["violations"]
        serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
        assert serious == [], file
    context.close()


def test_a_screen_of_320_pixels_scrolls_only_inside_tables_and_pictures(browser: Browser, site: Path) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    tab = context.new_page()
    for file in FILES:
        tab.goto(address(site, file))
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320, file
    context.close()


def test_without_the_script_every_text_is_there_and_no_control_is(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(address(site, "index.html"))
    assert tab.locator("button:visible, input:visible, select:visible").count() == 0
    assert tab.get_by_role("region", name="html track: leaderboard").locator("tbody tr").count() == 6
    tab.goto(address(site, "pages.html"))
    assert len(shown(tab, "html")) == 4
    tab.locator("nav").get_by_text("Method").click()
    expect(tab.locator("h1")).to_have_text("How these numbers are made")
    context.close()


def test_only_the_reports_own_files_are_asked_for(page: Page, site: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for file in FILES:
        page.goto(address(site, file))
    here = site.resolve().as_uri()
    assert asked
    assert [url for url in asked if not url.startswith(here)] == []


def test_sorting_goes_both_ways_and_back_and_stands_in_the_address(page: Page, site: Path) -> None:
    page.goto(address(site, "pages.html"))
    as_made = shown(page, "html")
    assert as_made == ["c/one", "a/two", "b/one", "a/one"]
    head = page.locator("table[data-list='html'] th[data-key='alpha']")
    head.get_by_role("button").click()
    # alpha's F1: b/one 100, a/one 80, a/two 66.7, c/one 0.
    assert shown(page, "html") == ["b/one", "a/one", "a/two", "c/one"]
    assert head.get_attribute("aria-sort") == "descending"
    assert unquote(page.url).endswith("#?sort=html:-alpha")
    page.reload()
    assert shown(page, "html")[0] == "b/one"
    head.get_by_role("button").click()
    assert shown(page, "html") == ["c/one", "a/two", "a/one", "b/one"]
    head.get_by_role("button").click()
    assert shown(page, "html") == as_made
    page.go_back()
    assert head.get_attribute("aria-sort") == "ascending"


def test_a_row_without_a_figure_comes_last_whichever_way_it_is_sorted(page: Page, site: Path) -> None:
    for sort in ("html:behind", "html:-behind"):
        page.goto(address(site, "index.html", f"#?sort={sort}"))
        assert shown(page, "html")[:2] == ["beta", "alpha"]  # the leader is behind nobody
        assert shown(page, "html")[-1] == "gone"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a/", ["a/two", "a/one"]),
        ("-a/", ["c/one", "b/one"]),
        ("site:b", ["b/one"]),
        ("site:=B", ["b/one"]),
        ("type:new", ["c/one", "a/two", "b/one", "a/one"]),
        ("type:=new", []),
        ("-type:news", []),
        ("alpha:<80", ["c/one", "a/two"]),
        ("alpha:<=80 alpha:>0", ["a/two", "a/one"]),
        ("body:>=100 one", ["b/one", "a/one"]),
        ("leak:x-nav", ["a/one"]),
        ("leak:nav -leak:ad", ["a/one"]),
        ("leak:ad", []),
        ('page:"a/ one"', []),
    ],
)
def test_the_query_language(page: Page, site: Path, query: str, expected: list[str]) -> None:
    page.goto(address(site, "pages.html"))
    page.locator(".controls[data-controls='html'] input.filter").fill(query)
    assert shown(page, "html") == expected
    status = page.locator(".controls[data-controls='html'] [role=status]")
    expect(status).to_have_text(f"{len(expected)} of 4 shown")
    note = page.locator(".controls[data-controls='html'] .none")
    assert note.is_visible() == (not expected)
    assert page.url.endswith(".html#?q=" + page.url.partition("#?q=")[2])
    page.reload()
    assert shown(page, "html") == expected
    page.locator(".controls[data-controls='html']").get_by_role("button", name="Clear").click()
    assert len(shown(page, "html")) == 4
    assert "#" not in page.url


def test_a_key_that_no_column_has_is_named(page: Page, site: Path) -> None:
    page.goto(address(site, "pages.html", "#?q=langauge:de"))
    expect(page.locator(".controls[data-controls='html'] [role=status]")).to_have_text("4 of 4 shown; no column is called langauge")


def test_f1_and_leak_are_those_of_the_extractor_that_is_chosen(page: Page, site: Path) -> None:
    page.goto(address(site, "pages.html", "#?q=f1:<10"))
    assert shown(page, "html") == []  # the median of 0 and 100 on c/one is 50
    page.locator(".controls[data-controls='html'] select").select_option("alpha")
    assert shown(page, "html") == ["c/one"]
    assert "x=alpha" in page.url


def test_a_chosen_subset_has_a_mean_that_says_what_it_is(page: Page, site: Path) -> None:
    page.goto(address(site, "pages.html", "#?q=a/"))
    foot = page.locator("table[data-list='html'] tfoot tr")
    expect(foot.locator("th")).to_have_text("mean of 2 shown pages")
    # alpha on a/one and a/two: (80 + 66.7) / 2.
    heads = page.locator("table[data-list='html'] thead th").all_inner_texts()
    at = [head.replace("\u200b", "").strip() for head in heads].index("alpha")
    assert foot.locator("th, td").nth(at).inner_text() == "73.3"
    page.goto(address(site, "pages.html"))
    page.reload()
    assert page.locator("tfoot").count() == 0


def test_chips_write_the_query(page: Page, site: Path) -> None:
    page.goto(address(site, "pages.html"))
    bar = page.locator(".controls[data-controls='html']")
    bar.get_by_text("Filters to click").click()
    bar.get_by_role("button", name="nav", exact=True).click()
    assert bar.locator("input.filter").input_value() == "leak:nav"
    bar.get_by_role("button", name="nav", exact=True).click()
    assert bar.locator("input.filter").input_value() == ""


def test_keys_and_their_off_switch(page: Page, site: Path) -> None:
    page.goto(address(site, "index.html"))
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.className") == "filter"
    page.keyboard.type("j?/")  # in a field, keys are letters
    assert page.evaluate("document.activeElement.value") == "j?/"
    page.goto(address(site, "index.html"))
    page.reload()
    for key, expected in (("j", "alpha"), ("j", "beta"), ("k", "alpha")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == expected
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("alpha")
    page.go_back()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    dialog.get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.reload()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_a_theme_is_chosen_and_remembered(page: Page, site: Path) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(address(site, "index.html"))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.get_by_label("Theme").select_option("dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 29)"
    page.goto(address(site, "leaks.html"))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 29)"
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_what_is_shown_can_be_taken_along(page: Page, site: Path) -> None:
    page.goto(address(site, "pages.html", "#?q=site:b"))
    bar = page.locator(".controls[data-controls='html']")
    with page.expect_download() as loaded:
        bar.get_by_role("button", name="JSON").click()
    assert loaded.value.suggested_filename == "clutterbench-html.json"
    document = json.loads(loaded.value.path().read_text(encoding="utf-8"))
    assert [row["page"] for row in document["rows"]] == ["b/one"]
    assert document["rows"][0]["alpha"] == "100.0"
    assert document["query"] == "site:b"
    assert document["signatures"][0].startswith("f1|")
    with page.expect_download() as loaded:
        bar.get_by_role("button", name="CSV").click()
    lines = loaded.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# f1|")
    assert lines[1].startswith('"page","type","lang","body"')
    assert lines[2].startswith('"b/one","news","en","100"')
    assert len(lines) == 3


def test_a_cell_that_a_spreadsheet_would_run_is_defused(page: Page, hostile: Summary, tmp_path: Path) -> None:
    build(hostile, tmp_path)
    page.goto(address(tmp_path, "pages.html"))
    page.evaluate("document.querySelector('tbody th').textContent = '=1+2'")
    with page.expect_download() as loaded:
        page.locator(".controls[data-controls='html']").get_by_role("button", name="CSV").click()
    assert '"\'=1+2",' in loaded.value.path().read_text(encoding="utf-8")


def test_hostile_names_are_only_text(page: Page, hostile: Summary, tmp_path: Path) -> None:
    build(hostile, tmp_path)
    page.on("dialog", lambda dialog: pytest.fail(f"a script of the page ran: {dialog.message}"))
    for path in sorted(tmp_path.rglob("*.html")):
        page.goto(path.resolve().as_uri())
        for fold in page.locator("details > summary").all():
            fold.click()
        page.keyboard.press("?")
        assert page.locator("script").count() == 1


def test_everything_folded_is_printed(page: Page, site: Path) -> None:
    page.goto(address(site, "index.html"))
    folded = page.locator("details:not([open])").count()
    assert folded
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == folded


def test_the_mark_of_a_row_in_the_picture_is_lit(page: Page, site: Path) -> None:
    page.goto(address(site, "index.html"))
    page.get_by_role("region", name="html track: leaderboard").get_by_role("link", name="beta").focus()
    assert page.locator(".lit").get_attribute("id") == "html-chart-f1-mark-1"


def test_the_link_to_a_view_is_offered(page: Page, site: Path) -> None:
    page.goto(address(site, "pages.html", "#?q=site:b"))
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Copy link to this view").click()
    assert page.get_by_label("Link to this view", exact=True).input_value() == page.url


def test_from_the_leak_table_to_the_leaked_words_by_clicking_alone(page: Page, tmp_path: Path) -> None:
    headlines = ["Baker wins the island race for the fourth time", "Library opens on Sundays from next month on"]
    body = "The old fish pier was closed on Friday after waves broke two of its piles."
    sites = [f"site-{number}" for number in range(5)]  # a label on fewer pages has no column
    for site in sites:
        html = f"<h3>Most read</h3><ul><li>{headlines[0]}</li><li>{headlines[1]}</li></ul><p>{body}</p>"
        add_page(tmp_path, f"{site}/pier", html, {}, {"The old": "p", "": "x-trending"})
    kept, leaked = ("ok", body, ""), ("ok", f"{headlines[1]}\n{body}", "")
    answers = {f"{site}/pier": {"clean": kept, "leaky": leaked if site == "site-3" else kept} for site in sites}
    folder = reported(tmp_path, answers)
    page.goto(address(folder, "index.html"))
    page.get_by_role("link", name="Leaks and losses").click()
    page.get_by_role("region", name="html track: leaks by label").get_by_role("row", name="leaky").get_by_role("link").nth(1).click()
    page.get_by_role("link", name="all pages where it leaks x-trending").click()
    page.wait_for_load_state("load")  # a click may return before the new page's script has filtered its rows
    assert shown(page, "html") == ["site-3/pier"]
    page.get_by_role("link", name="site-3/pier").click()
    page.wait_for_load_state("load")
    assert page_link("site-3/pier") in page.url
    current = page.locator(".problems:visible li.current, .problems .current:visible, li.current:visible").first
    expect(current).to_contain_text("trending")
    assert headlines[1] in page.locator("main").inner_text()
