"""A hostile page goes through the real explorer, in a real browser, on load and on click: nothing is loaded, nothing of it runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, Request

from harness.report.explorer import page_link
from tests.report.browser import chromium
from tests.report.explored import add_page, reported
from tests.report.hostile import BREAKOUTS, BY_ITSELF, ON_CLICK, WAYS, Log, hostile_page, listening

EVIL = "evil/page"
NAME = "\"><img src=x onerror=window.pwned=1>'</script>"
_SETTLE = 3_000
"""Milliseconds to wait for what a page does by itself; its slowest way is a refresh after two seconds."""


@pytest.fixture
def log() -> Iterator[Log]:
    with listening() as found:
        yield found


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    with chromium() as browser:
        yield browser.new_context()


def hostile_report(root: Path, base: str) -> Path:
    """Write a corpus of the hostile page and an innocent one, with hostile addresses, answers, extractors and messages; report it."""
    add_page(root, EVIL, hostile_page(base), {"url": f"{base}/url\"'><img src={base}/url-breakout>"}, {"The board": "p", "": "x-other"})
    add_page(root, "post/pier", "<h1>Pier</h1><p>The old pier was closed.</p>", {"url": "javascript:window.pwned=1"}, {"Pier": "title"})
    hostile = "\n".join(text.replace("URL", base) for text in BREAKOUTS)
    answers = {
        NAME: ("ok", f"The board met on Thursday. {hostile}\n{hostile_page(base)}", ""),
        "__proto__": ("ok", f"closed the old pier {hostile}", ""),
        "broken": ("error", "", f"ValueError: {hostile}\n{hostile_page(base)}"),
        "nothing": ("ok", "", ""),
    }
    return reported(root, {EVIL: answers, "post/pier": answers})


def watch(page: Page) -> list[str]:
    """Return a list that fills with what no page of the report may do."""
    seen: list[str] = []

    def dialog(found: Dialog) -> None:
        seen.append(f"dialog {found.message}")
        found.dismiss()

    def request(found: Request) -> None:
        if not found.url.startswith(("file:", "about:")):
            seen.append(f"request {found.url}")

    page.on("dialog", dialog)
    page.on("request", request)
    page.on("popup", lambda other: seen.append(f"window {other.url}"))
    page.on("pageerror", lambda error: seen.append(f"error {error}"))
    page.on("download", lambda download: seen.append(f"download {download.url}"))
    return seen


def test_the_page_is_hostile(log: Log, context: BrowserContext, tmp_path: Path) -> None:
    # The test below has teeth only if these ways work where nothing stops them: opened as it is, most of them do.
    path = tmp_path / "page.html"
    path.write_text(hostile_page(log.base), encoding="utf-8")
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_timeout(_SETTLE)
    assert len(log.ways & set(BY_ITSELF)) >= 25, sorted(log.ways)
    assert len(WAYS) >= 35


def test_nothing_is_loaded_and_nothing_runs(log: Log, context: BrowserContext, tmp_path: Path) -> None:
    folder = hostile_report(tmp_path, log.base)
    page = context.new_page()
    seen = watch(page)
    address = (folder / page_link(EVIL)).as_uri()
    page.goto(f"{address}#v=page")
    page.wait_for_timeout(_SETTLE)
    page.locator("iframe").scroll_into_view_if_needed()
    page.wait_for_timeout(_SETTLE)
    (frame,) = page.frames[1:]
    assert "The board met on Thursday" in (frame.locator("body").text_content() or ""), "the frame shows the page"
    # Everything in the frame that could be clicked, by name and by place.
    for clickable in frame.locator("a, button, input, summary, label, img, svg, form, mark, p").all():
        clickable.click(timeout=2_000, force=True, no_wait_after=True)
    box = page.locator("iframe").bounding_box()
    assert box
    for step in range(12):
        page.mouse.click(box["x"] + 30 + 20 * (step % 3), box["y"] + (step + 0.5) * box["height"] / 12)
    # Everything in the report itself, for each answer.
    for answer in range(page.locator(".strip a").count()):
        page.locator(".strip a").nth(answer).click()
        for problem in page.locator("section.answer:not([hidden]) li a").all():
            problem.click()
        for key in ("n", "N", "v", "v", "?", "Escape"):
            page.keyboard.press(key)
    page.wait_for_timeout(_SETTLE)
    assert (log.paths, log.connections) == ([], 0)
    assert seen == []
    assert page.url.startswith(address), "the report is still there"
    assert all(found.evaluate("window.pwned") is None for found in page.frames)
    assert "pwned" not in page.title()
    assert page.locator("iframe").get_attribute("sandbox") == ""
    assert page.locator("iframe").count() == 1


HARMLESS = frozenset((
    "b", "blockquote", "body", "br", "code", "div", "em", "h1", "head", "hr", "html", "i", "li", "mark", "meta", "p", "pre", "strong",
    "style", "table", "tbody", "td", "th", "title", "tr", "ul",
))  # fmt: skip


@pytest.mark.parametrize("page", [EVIL, "post/pier"])
def test_the_written_page_holds_nothing_that_could_act(page: str, tmp_path: Path) -> None:
    folder = hostile_report(tmp_path, "http://127.0.0.1:9")
    document = lxml.html.document_fromstring((folder / page_link(page)).read_text(encoding="utf-8"))
    policy = next(document.iter("head"))[0]
    assert policy.get("http-equiv") == "Content-Security-Policy", "no element stands before the policy"
    assert "script-src 'self';" in policy.get("content", "")
    assert "frame-src 'none'" in policy.get("content", "")
    (frame,) = document.iter("iframe")
    assert sorted(map(str, frame.attrib)) == ["loading", "referrerpolicy", "sandbox", "srcdoc", "title"]
    assert frame.get("sandbox") == ""
    inner = lxml.html.document_fromstring(frame.get("srcdoc", ""))
    assert next(inner.iter("head"))[0].get("http-equiv") == "Content-Security-Policy"
    assert {str(element.tag) for element in inner.iter()} <= HARMLESS
    assert {str(name) for element in next(inner.iter("body")).iter() for name in element.attrib} <= {
        "class",
        "title",
        "colspan",
        "rowspan",
        "dir",
    }
    for element in document.iter():
        assert not any(str(name).startswith("on") for name in element.attrib)
        for name in ("src", "href", "action", "data"):
            assert ":" not in element.get(name, ""), f"<{element.tag} {name}> leads out of the report"
    assert sum(1 for _ in document.iter("script")) == 3


def test_the_data_cannot_end_its_script(tmp_path: Path) -> None:
    folder = hostile_report(tmp_path, "http://127.0.0.1:9")
    for path in (folder / "d").iterdir():
        text = path.read_text(encoding="utf-8")
        assert not set("<>&\u2028\u2029\u202e\u2066") & set(text)
        assert text.count("\n") == 1


def test_every_way_is_told_apart() -> None:
    assert all("URL" in way for way in WAYS.values())
    assert not set(BY_ITSELF) & set(ON_CLICK)
