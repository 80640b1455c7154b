"""The four forms: widths, budgets, and that hostile names and answers stay where they are put."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from rich.cells import cell_len

from harness.compare import markdown as markdown_form
from harness.compare import words
from harness.compare.comparison import Comparison
from harness.compare.document import as_json
from harness.compare.gate import failures, gate
from harness.compare.markdown import markdown
from harness.compare.page import html as page_of
from harness.compare.terminal import terminal
from harness.corpus.corpus import Corpus
from tests.compare.conftest import Compared, body

HOSTILE = "evil | <script>alert(1)</script> `x` @octocat [a](http://evil.example) \x1b[31m\u202e"


@pytest.fixture
def found(compared: Compared) -> Comparison:
    return compared({"cedar": body(last=False)}, {"birch": body(nav=True, last=False) + "\nzanzibar quinces " + "wide 漢字 " * 60})


def hostile(found: Comparison) -> Comparison:
    rows = tuple(
        replace(row, fate="newly failing", statuses=("ok", "error"), details=("", HOSTILE)) if row.fate == "worse" else row
        for row in found.rows
    )
    return replace(found, a=replace(found.a, name=HOSTILE, version=HOSTILE + "1"), b=replace(found.b, name=HOSTILE * 30), rows=rows)


def test_the_terminal_form_has_all_there_is_in_100_columns(found: Comparison) -> None:
    for one in (found, hostile(found)):
        text = terminal(one, failures(gate(-1, -1, ["x-nav:+1"]), one))
        assert all(cell_len(line) <= 100 for line in text.splitlines())
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert text.count("FAIL: ") == 3
        assert found.signature in text
    assert "leaked x-nav: {+front page of the harbour post+}" in text
    assert "kept again li, " not in text  # short enough to be shown whole
    assert "kept again li: ferries run as usual from the south side of the bay" in text


def test_json_is_whole_and_a_document_of_its_own(found: Comparison) -> None:
    limits = gate(-1, None, [])
    document = json.loads(as_json(found, limits, failures(limits, found)))
    assert document["schema"] == 1
    assert document["signature"] == found.signature
    assert document["f1"]["difference"] == pytest.approx(document["f1"]["b"] - document["f1"]["a"])
    assert [page["page"] for page in document["pages"]] == ["birch/pier", "alder/pier", "cedar/pier"]
    assert document["gate"]["limits"] == {"under": -1, "page": None, "leaks": {}}
    assert document["gate"]["passed"] is False
    assert json.loads(as_json(found, gate(None, None, []), []))["gate"] is None


def test_markdown_keeps_strangers_in_their_cells(found: Comparison) -> None:
    text = markdown(hostile(found), ["x"])
    outside = re.sub(r"`[^`\n]*`", "", text)
    for mark in ("evil", "@octocat", "<script", "http", "\x1b", "\u202e"):
        assert mark not in outside
    for line in text.splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) in (5, 6, 7)
    tables = re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    assert len(tables) == 3
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


def test_markdown_fits_a_comment_however_many_pages_changed(found: Comparison) -> None:
    worst = found.rows[0]
    many = replace(found, rows=tuple(replace(worst, page=f"site/page-{number}") for number in range(3000)))
    text = markdown(many, [])
    assert 0.9 * markdown_form.LIMIT < len(text) < markdown_form.LIMIT
    (left_out,) = re.findall(r"([\d\u202f]+) pages more would not fit", text)
    assert int(left_out.replace("\u202f", "")) + text.count("`site/page-") == 3000


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_the_page_is_one_file_without_script_or_address(found: Comparison, corpus: Corpus) -> None:
    text = page_of(hostile(found), corpus, ["x"])
    parsed = _Tags()
    parsed.feed(text)
    assert not {"script", "img", "link", "iframe", "a", "form"} & set(parsed.tags)
    assert not [name for name, _ in parsed.attributes if name.startswith("on") or name in ("style", "src", "href")]
    assert "\u202e" not in text
    style = text[text.index("<style>") + 7 : text.index("</style>")]
    policy = html.unescape(text[text.index("default-src") : text.index("form-action")])
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")


def test_the_page_has_a_gold_and_b_of_each_page_that_changed(found: Comparison, corpus: Corpus) -> None:
    text = page_of(found, corpus, [])
    assert text.count("<details") == 2
    first = text[text.index("<details open>") : text.index("</details>")]
    assert "<strong>birch/pier</strong>" in first
    rows = [re.sub(r"\s+", " ", row) for row in re.findall(r"<tr>(.*?)</tr>", first, re.DOTALL)]
    (nav,) = [row for row in rows if "x-nav" in row]
    cells = re.findall(r"<td[^>]*>(.*?)</td>", nav)
    assert [cell.strip() for cell in cells] == ["x-nav", "", "", '<ins class="moved">+front page of the harbour post</ins>']
    (last,) = [row for row in rows if "ferries" in row]
    label, a, gold, b = (cell.strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", last))
    assert (label, a) == ("li", gold)
    assert b == f'<del class="moved">−{gold}</del>'
    assert "zanzibar quinces" in rows[-1]
    assert words.verdict(found) in html.unescape(text)
