"""The explorer's pages: what they say without a script, what a script adds in a real browser, what is made again, how large they get."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import lxml.html
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from harness import stages
from harness.report.explorer import page_link
from harness.store import Run
from tests.corpora import write_corpus
from tests.report.browser import chromium
from tests.report.explored import add_page, reported

GOOD = (
    "The old fish pier was closed on Friday after waves broke two of its piles, the harbour board of Greyholm said.\n"
    "Boats will land at the north quay until divers have looked at the damage, which may take three weeks.\n"
    "Ferries run as usual from the south side of the bay."
)
LEAKY = f"Storm closes the fish pier\n{GOOD}\nMost read\nBaker wins the island race for the fourth time\nZebra quagga"
SECOND = "x-related: Baker wins the island race for the fourth time"


@dataclass(frozen=True)
class Report:
    root: Path
    folder: Path

    def page(self, name: str = "post/pier") -> lxml.html.HtmlElement:
        return lxml.html.document_fromstring((self.folder / page_link(name)).read_text(encoding="utf-8"))

    def address(self, view: str = "") -> str:
        return (self.folder / page_link("post/pier")).as_uri() + view


def written(root: Path) -> Report:
    """Write three pages, the second labelled twice, and a run of four answers for each."""
    write_corpus(root, {"post": "Greyholm", "echo": "Saltmarsh Quay", "quay": "Greyholm"})
    gold = (root / "gold" / "post" / "pier.txt").read_text()
    (root / "gold" / "post" / "pier.b.txt").write_text(gold.replace(SECOND.replace("related", "trending"), SECOND))
    answers = {
        "clean": ("ok", GOOD, ""),
        "leaky": ("ok", LEAKY, ""),
        "broken": ("error", "", "ValueError: no tree\n  in parse"),
        "empty": ("ok", "", ""),
    }
    pages = ("echo/pier", "post/pier", "quay/pier")
    return Report(root, reported(root, dict.fromkeys(pages, answers)))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return written(tmp_path_factory.mktemp("explored"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    wrong: list[str] = []
    tab = context.new_page()
    tab.on("console", lambda message: wrong.append(message.text))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    yield tab
    context.close()
    assert wrong == []


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def answer(found: lxml.html.HtmlElement, name: str) -> lxml.html.HtmlElement:
    (section,) = found.xpath("//section[@class='answer'][@data-name=$name]", name=name)
    return section


def test_no_two_pages_have_the_same_name() -> None:
    assert page_link("a--b/c") != page_link("a/b--c")
    assert page_link("post/pier") == "p/post_pier.html"


def test_without_a_script_problems_scores_and_lines_are_there(report: Report) -> None:
    found = report.page()
    # leaky: kept 51, leaked 2 + 9, invented 2: precision 51 / 64, F1 102 / 115.
    leaky = answer(found, "leaky")
    assert [words(item) for item in leaky.xpath(".//ol/li")] == [
        "leaked x-trending, 11 words, lines 19–20 Most read",
        "not on the page, 2 words, after line 20 Zebra quagga",
    ]
    assert "F1 88.7, precision 79.7, recall 100.0: lost 0 of 51 body words; leaked 11 clutter words: x-trending 11" in words(leaky)
    assert "No problems" in words(answer(found, "clean"))
    assert "It did not answer: error, which counts as a full miss." in words(answer(found, "broken"))
    assert "ValueError: no tree in parse" in words(answer(found, "broken"))
    assert "The answer is empty, which counts as a full miss." in words(answer(found, "empty"))
    rows = {
        words(row.xpath("./th")[0]): [words(cell) for cell in row.xpath("./td")] for row in found.xpath("//table[@class='strip']//tbody/tr")
    }
    assert rows["leaky"] == ["88.7", "79.7", "100.0", "2"]
    assert rows["empty"] == ["0.0", "0.0", "0.0", "2"]
    lines = [words(line) for line in found.xpath("//ol[@id='lines']/li")]
    assert lines[:2] == ["13 x-nav Front page of the Harbour Post", "14 title Storm closes the fish pier"]
    assert len(lines) == 9
    assert all(line.get("dir") == "auto" for line in found.xpath("//ol[@id='lines']/li/p"))


def test_ids_are_unique_and_every_link_leads_somewhere(report: Report) -> None:
    for path in (report.folder / "p").glob("*.html"):
        found = lxml.html.document_fromstring(path.read_text(encoding="utf-8"))
        ids = [str(element.get("id")) for element in found.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        for link in [str(element.get(name)) for element in found.iter() for name in ("href", "src") if element.get(name)]:
            file, _, place = link.partition("#")
            assert not file or (path.parent / file).resolve().is_file(), link
            assert not place or file or place in ids, link


def test_one_goes_from_page_to_page(report: Report) -> None:
    steps = {name: [str(link) for link in report.page(name).xpath("//nav[@class='steps']/a/@href")] for name in ("echo/pier", "post/pier")}
    assert steps == {
        "echo/pier": ["../pages.html", "../p/post_pier.html"],
        "post/pier": ["../p/echo_pier.html", "../pages.html", "../p/quay_pier.html"],
    }


def test_the_second_annotator(report: Report) -> None:
    found = report.page()
    (item,) = found.xpath("//ul[@class='differences']/li")
    assert words(item) == "line 20: x-trending here, x-related there"
    assert "Token F1 of the two bodies 100.0; 9 of 89 words labelled otherwise." in words(found)
    assert not report.page("echo/pier").xpath("//*[@id='second']")


def test_the_frame_names_the_labels_of_blocks(report: Report) -> None:
    (frame,) = report.page().iter("iframe")
    inner = lxml.html.document_fromstring(frame.get("srcdoc", ""))
    marks = [(mark.get("class"), mark.get("title"), words(mark)) for mark in inner.iter("mark")]
    assert ("c", "x-nav", "Front page of the Harbour Post") in marks
    assert ("m", "title", "Storm closes the fish pier") in marks
    assert ("c", "x-see-also", "READ MORE: New owner for the ice house") in marks, "a block is cut where its label changes"
    assert ("b", None, "Boats will land at the north quay until divers have looked at the damage, which may take three weeks.") in marks


def test_what_did_not_change_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = written(tmp_path)
    files = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(report.folder.glob("[pd]/*_*"))}
    assert len(files) == 6
    spoilt = report.folder / "d" / "echo_pier.js"
    spoilt.write_text("/* clutterbench */ spoilt")
    (report.root / "gold" / "post" / "pier.b.txt").unlink()
    stages.report_run(report.root, Run(report.root, "0123456789ab"), report.folder)
    again = {path for path, (_, time) in files.items() if path.stat().st_mtime_ns != time}
    assert {path.name.split(".")[0] for path in again} == {"echo_pier", "post_pier"}
    assert {path for path, (data, _) in files.items() if path.read_bytes() != data} == {report.folder / "p" / "post_pier.html"}


def test_the_same_run_makes_the_same_bytes(report: Report, tmp_path: Path) -> None:
    stages.report_run(report.root, Run(report.root, "0123456789ab"), tmp_path)
    for path in tmp_path.glob("[pd]/*"):
        assert path.read_bytes() == (report.folder / path.relative_to(tmp_path)).read_bytes(), path


def test_a_page_without_end_stays_under_the_cap(tmp_path: Path) -> None:
    clutter = "".join(
        f"<p>Headline {number} of a story that has <b>nothing</b> &lt;to&gt; do with it</p><li>{number}</li>" for number in range(9_000)
    )
    add_page(tmp_path, "long/page", f"<p>The board met on Thursday.</p>{clutter}", {}, {"The board": "p", "": "x-related"})
    broken = "\n".join(f"Headline {number} of another zebra{number} do with it" for number in range(9_000))
    answers = {f"tool-{number}": ("ok", broken[number:], "") for number in range(12)}
    folder = reported(tmp_path, {"long/page": answers})
    files = [folder / page_link("long/page"), folder / "d" / "long_page.js"]
    assert sum(path.stat().st_size for path in files) <= 400_000
    text = files[0].read_text(encoding="utf-8")
    assert "are listed here. All: <code>clutterbench show long/page -x tool-0</code>" in text
    assert "more lines: the page is too long to be shown whole" in text
    assert "The rest of the page is left out here." in text


def test_a_real_browser_shows_the_answer_in_the_lines(report: Report, page: Page) -> None:
    page.goto(report.address("#x=leaky"))
    assert page.locator("section.answer:visible h2").inner_text() == "leaky"
    assert page.locator(".lines ins").all_inner_texts() == ["Most read", "Baker wins the island race for the fourth time", "Zebra quagga"]
    assert page.locator(".lines span.taken").all_inner_texts() == ["Storm closes the fish pier"]
    assert page.locator(".lines > li.extra b").inner_text() == "not on the page"
    assert page.locator(".lines .number").all_inner_texts() == ["#1", "#2"]
    page.select_option("#answer", label="empty")
    assert page.locator(".lines ins").count() == 0
    assert page.locator(".lines del").all_inner_texts() == GOOD.split("\n")
    page.select_option("#answer", label="clean")
    assert page.locator(".lines del, .lines ins, .lines .extra, .lines em").count() == 0


def test_keys_move_and_the_address_says_where_one_is(report: Report, page: Page) -> None:
    page.goto(report.address("#x=leaky"))
    page.keyboard.press("n")
    assert "#x=leaky&p=1" in page.url
    assert page.locator("#live").inner_text() == "Problem 1 of 2: leaked x-trending, 11 words, lines 19–20"
    page.keyboard.press("n")
    assert page.locator(".lines .current ins").inner_text() == "Zebra quagga"
    page.keyboard.press("N")
    assert "p=1" in page.url
    page.keyboard.press("v")
    assert "v=page" in page.url
    assert page.locator("iframe").is_visible()
    page.reload()
    assert page.locator("iframe").is_visible()
    assert page.locator("#live").inner_text().startswith("Problem 1 of 2")
    names = page.locator("section.answer").evaluate_all("found => found.map(one => one.dataset.name)")
    page.keyboard.press("e")
    following = names[(names.index("leaky") + 1) % len(names)]
    assert page.locator("section.answer:visible h2").inner_text() == following
    page.go_back()
    assert page.locator("section.answer:visible h2").inner_text() == "leaky"
    page.keyboard.press("]")
    page.wait_for_url("**/quay_pier.html*")
    assert page.locator("section.answer:visible h2").inner_text() == "leaky", "the next page shows the same answer"


def test_keys_can_be_switched_off(report: Report, page: Page) -> None:
    page.goto(report.address("#x=leaky"))
    page.keyboard.press("?")
    page.get_by_label("keys off").check()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    assert "p=1" not in page.url


def test_a_link_to_a_label_leads_to_its_first_problem(report: Report, page: Page) -> None:
    page.goto(report.address("#x=leaky&label=x-trending"))
    assert page.locator(".lines .current ins").inner_text() == "Most read"
    page.goto(report.address("#x=empty&label=li"))
    assert page.locator(".lines .current del").inner_text() == "Ferries run as usual from the south side of the bay."


def test_only_lines_with_problems(report: Report, page: Page) -> None:
    page.goto(report.address("#x=leaky"))
    page.get_by_label("only lines with problems").check()
    assert page.locator(".lines > li:visible").count() == 3
    assert "only=1" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_nothing_is_wider_than_the_window(report: Report, browser: Browser, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    for view in ("#x=leaky&p=2", "#x=empty&v=page"):
        page.goto("about:blank")
        page.goto(report.address(view))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_of_any_reader(report: Report, browser: Browser, scheme: str) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    for view in ("#x=leaky&p=1", "#x=empty&v=page", "#x=broken&only=1"):
        page.goto("about:blank")
        page.goto(report.address(view))
        found = Axe().run(page).response["violations"]
        serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
        assert serious == [], view
    context.close()


def test_without_a_script_every_answer_is_shown(report: Report, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.address())
    assert page.locator("section.answer:visible").count() == page.locator(".strip tbody tr").count()
    assert page.locator(".bar-tools:visible").count() == 0
    assert page.locator("iframe").is_visible()
    context.close()


def test_data_are_json_in_a_script(report: Report) -> None:
    text = (report.folder / "d" / "post_pier.js").read_text(encoding="utf-8")
    data = json.loads(text.removeprefix("/* clutterbench */window.CLUTTERBENCH=").removesuffix(";\n"))
    names = [str(name) for name in report.page().xpath("//section[@class='answer']/@data-name")]
    assert data["page"] == "post/pier"
    assert data["answers"][names.index("leaky")] == {"marks": [1, [6, 7]], "behind": [[7, "invented", "Zebra quagga", 2]]}


def test_marks_count_as_scripts_count(tmp_path: Path) -> None:
    # The first character is one for Python and two for a script.
    add_page(tmp_path, "post/page", "<p>\U0001d4d0 The board met\u202e again. On Thursday it closed the pier.</p>", {}, {})
    folder = reported(tmp_path, {"post/page": {"tool": ("ok", "On Thursday it closed the pier.", "")}})
    text = (folder / "d" / "post_page.js").read_text(encoding="utf-8")
    shown = words(Report(tmp_path, folder).page("post/page").get_element_by_id("b0").find("p"))
    assert shown == "\U0001d4d0 The board met\\u202e again. On Thursday it closed the pier."
    assert '"marks":[[0,0,29]]' in text
    assert shown.encode("utf-16-le")[:58].decode("utf-16-le").endswith("again.")
