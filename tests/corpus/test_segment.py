"""Blocks of hand-written pages; the expected ones follow from the rules in segment.py's docstring, each test naming its rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.corpus import segment
from harness.corpus.segment import Block, blocks, html_to_text, text_blocks, whole_blocks
from harness.errors import CorpusError


def texts(html: str) -> list[str]:
    return [block.text for block in blocks(html)]


CASES = {
    "white space is collapsed": ("<p> one\n\t two&nbsp;three </p>", ["one two three"]),
    "Unicode is composed": ("<p>cafe\u0301</p>", ["caf\u00e9"]),
    "inline elements glue without a blank": ("<p>un<b>believ</b><i>able</i>, <a href=x>he</a>said</p>", ["unbelievable, hesaid"]),
    "text beside blocks is a block": ("<div>before<p>in</p>after</div>end", ["before", "in", "after", "end"]),
    "a single break is a space": ("<p>one<br>two</p>", ["one two"]),
    "a double break is a boundary": ("<p>one<br> <br/>two<br><br><br>three</p>", ["one", "two", "three"]),
    "breaks with text between are single": ("<p>one<br>two<br>three</p>", ["one two three"]),
    "a break inside inline elements": ("<p>one<b><br></b><br>two</p>", ["one", "two"]),
    "a rule is a boundary": ("one<hr>two", ["one", "two"]),
    "buttons and options": (
        "<p>Sort <select><option>New<option>Old</select> <button>Go</button> now</p>", ["Sort", "New", "Old", "Go", "now"]),
    "hidden text is text": ('<p hidden>a</p><p style="display:none">b</p><dialog>c</dialog>', ["a", "b", "c"]),
    "noscript is text": ("<body><noscript><p>Turn it on</p></noscript><p>x</p>", ["Turn it on", "x"]),
    "no text": (
        "<html><head><title>t</title><style>s</style></head><body><script>s</script><style>s</style><template>t</template>"
        "<svg><text>v</text></svg><iframe>i</iframe><object>o</object><video>v</video><canvas>c</canvas><textarea>t</textarea>"
        "<datalist><option>d</datalist><img alt='a' title='t'><!-- c --><?php x ?><p>seen</p>", ["seen"]),
    "text after a skipped element stays": ("<p>a<script>x</script>b<svg><text>v</text></svg>c</p>", ["abc"]),
    "nested lists": (
        "<ul><li>a<ul><li>b</li><li>c</li></ul>d</li><li>e</li></ul>", ["a", "b", "c", "d", "e"]),
    "definition lists": ("<dl><dt>term<dd>meaning<dt>other</dl>", ["term", "meaning", "other"]),
    "figures and details": (
        "<figure><img><figcaption>cap</figcaption></figure><details><summary>more</summary>rest</details>", ["cap", "more", "rest"]),
    "a data table": (
        "<table><caption>C</caption><thead><tr><th>a</th><th>b</th></tr></thead><tr><td>1</td><td><p>2</p></td></tr></table>",
        ["C", "a | b", "1 | 2"]),
    "empty cells stay": ("<table><tr><td>a<td>b<td>c<tr><td>1<td><td>3</table>", ["a | b | c", "1 |  | 3"]),
    "an empty row is nothing": ("<table><tr><td>a<td>b<tr><td> <td><tr><td>1<td>2</table>", ["a | b", "1 | 2"]),
    "a layout table with a table inside": (
        "<table><tr><td>menu</td><td><table><tr><td>a<td>b<tr><td>c<td>d</table></td></tr><tr><td>x<td>y</table>",
        ["menu", "a | b", "c | d", "x", "y"]),
    "a layout table with blocks inside": (
        "<table><tr><td>menu</td><td><p>one</p><p>two</p></td></tr><tr><td>x<td>y</table>", ["menu", "one", "two", "x", "y"]),
    "a layout table with a list inside": ("<table><tr><td>a<td><ul><li>b</ul><tr><td>x<td>y</table>", ["a", "b", "x", "y"]),
    "a layout table with a double break": ("<table><tr><td>a<td>b<br><br>c<tr><td>x<td>y</table>", ["a", "b", "c", "x", "y"]),
    "one row is layout": ("<table><tr><td>a<td>b</table>", ["a", "b"]),
    "one column is layout": ("<table><tr><td>a<tr><td>b</table>", ["a", "b"]),
    "a break in a cell is a blank": ("<table><tr><td>a<br>b<td>c<tr><td>1<td>2</table>", ["a b | c", "1 | 2"]),
    "an unclosed paragraph": ("<p>one<p>two<div>three", ["one", "two", "three"]),
    "nested anchors": ("<p><a href=1>one <a href=2>two</a> three</a> four</p>", ["one two three four"]),
    "a stray end of the body": ("<html><body><p>one</p></body></html><p>two</p>", ["one", "two"]),
    "text after the end of the page": ("<html><body>one</body></html>two<p>three<script>x</script></p>", ["one", "two", "three"]),
    "a second page after the first": ("<html><body>one</body></html><html><body>two</body></html>", ["one", "two"]),
    "duplicate attributes": ('<p class="a" class="b" id=x id=y>one</p>', ["one"]),
    "a NUL": ("<p>one\0two</p><p>three</p>", ["onetwo", "three"]),
    "character references": ("<p>a &amp; b &lt;p&gt; &#8212; &euro;</p>", ["a & b <p> — €"]),
    "other scripts": ("<p>日本<b>語</b></p><p dir=rtl>مرحبا</p>", ["日本語", "مرحبا"]),
    "empty": ("", []),
    "blanks only": (" \n\t ", []),
    "a comment only": ("<!-- nothing -->", []),
    "plain text": ("no markup at all", ["no markup at all"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_rules(case: str) -> None:
    html, expected = CASES[case]
    assert texts(html.replace("\0", "") if case == "a NUL" else html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<pre>\nif x:\n    y\n\n\tz  \n</pre>", [("if x:", 0), ("    y", 4), ("", 0), ("        z", 8)]),
        ("<pre>a<br>  b</pre>", [("a", 0), ("  b", 2)]),
        ("<pre><code>a <b>b</b>\n c</code></pre>", [("a b", 0), (" c", 1)]),
        ("<pre> \n\n </pre>", []),
    ],
    ids=["lines", "breaks", "inline", "blank"],
)
def test_preformatted_lines_keep_their_indentation(html: str, expected: list[tuple[str, int]]) -> None:
    found = blocks(html)
    assert [(block.text, len(block.text) - len(block.text.lstrip())) for block in found] == expected
    assert all(block.pre for block in found)


def test_text_around_preformatted_text_is_not_preformatted() -> None:
    assert blocks("<div>  a <pre> x </pre>  b </div>") == [Block("a"), Block(" x", pre=True), Block("b")]


def test_three_hundred_levels() -> None:
    html = "<div>" * 300 + "deep" + "</div>" * 300 + "<p>after</p>"
    assert texts(html) == ["deep", "after"]


def test_deeper_than_the_stack_of_python() -> None:
    # libxml2 itself drops what lies deeper than 2,048 elements, even in its mode for huge trees.
    html = "".join(f"<div>{number}" for number in range(2000))
    assert texts(html) == [str(number) for number in range(2000)]


def test_a_page_that_the_parser_gives_up_on_is_refused() -> None:
    html = "<p>before</p>" + "<div>" * 2044 + "deep"
    assert [block.text for block in whole_blocks(html, "p.html")] == ["before", "deep"]
    with pytest.raises(CorpusError, match=r"^p\.html: the page is nested deeper than the parser reads"):
        whole_blocks(html.replace("deep", "<div><div><div>deep"), "p.html")


def test_a_page_full_of_words_without_a_block_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "word " * 20
    nothing = f"<title>{words}</title><script>{words}<p></script><!-- {words} <p> --><textarea>{words}</textarea>"
    assert whole_blocks(nothing, "p.html") == []
    # No page is known that the parser makes nothing of and is not deep; a parser that finds no element stands for one.
    monkeypatch.setattr(segment, "_parse", lambda html: (None, False))
    assert whole_blocks(nothing + "<p>a few words", "p.html") == []
    with pytest.raises(CorpusError, match=r"^p\.html: 20 words stand outside of tags, but the parser finds no visible text"):
        whole_blocks(f"{nothing}<p>{words}</p>", "p.html")


def test_the_declaration_of_a_decoded_page_is_not_believed() -> None:
    assert texts('<meta charset="windows-1251"><p>Größe</p>') == ["Größe"]


def test_flattened_page() -> None:
    assert text_blocks("one  two\n\n \n three\n") == [Block("one two"), Block("three")]
    assert text_blocks("") == []


def test_html_answers_become_one_block_a_line() -> None:
    assert html_to_text("<h1>Title</h1><p>One <b>two</b></p>") == "Title\nOne two"
    assert html_to_text("") == ""


@given(st.lists(st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1), max_size=8))
def test_every_word_of_a_paragraph_comes_back_once_and_in_order(words: list[str]) -> None:
    from html import escape

    from harness.text import squeeze

    assert texts("".join(f"<p>{escape(word)}</p>" for word in words)) == [squeeze(word) for word in words]
