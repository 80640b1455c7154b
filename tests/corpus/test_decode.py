"""Bytes to text. Expected texts are what was encoded, by Python's codecs; which codec a page is in follows the WHATWG rules."""

from __future__ import annotations

import codecs

import pytest

from harness.corpus.decode import decode
from harness.errors import CorpusError

RUSSIAN = (
    "Последний вечерний паром отменят с первого октября, сообщил совет порта в четверг. Число пассажиров упало на треть с тех пор, "
    "как открылся мост. Жители острова говорят, что теперь никто не сможет вернуться домой после вечерней смены в больнице. "
)
CHINESE = "港务局星期四表示，开往格雷岛的最后一班晚间渡轮将于十月一日停止运营。自大桥开通以来，乘客人数已经减少了三分之一。"
JAPANESE = "最終便のフェリーは十月一日で廃止されると、港湾局が木曜日に発表した。"


def page(text: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("mark", "codec"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_byte_order_mark_wins_over_a_declaration(mark: bytes, codec: str) -> None:
    text = page(JAPANESE, '<meta charset="windows-1252">')
    assert decode(mark + text.encode(codec), "p.html") == text


@pytest.mark.parametrize(
    ("text", "codec", "head"),
    [
        (RUSSIAN, "windows-1251", '<meta charset="windows-1251">'),
        (JAPANESE, "shift_jis", "<meta charset=shift_jis>"),
        (RUSSIAN, "koi8-r", '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">'),
        (CHINESE, "gb18030", '<meta charset="gb2312">'),  # the web's gb2312 is read as gb18030
        ("“Curly” – €", "windows-1252", '<meta charset="iso-8859-1">'),  # and its iso-8859-1 as windows-1252
    ],
)
def test_declared(text: str, codec: str, head: str) -> None:
    html = page(text, head)
    assert decode(html.encode(codec), "p.html") == html


def test_wrong_declaration_is_not_believed() -> None:
    html = page(RUSSIAN * 3, '<meta charset="utf-8">')
    assert decode(html.encode("windows-1251"), "p.html") == html
    html = page(RUSSIAN, '<meta charset="shift_jis">')
    assert decode(html.encode("utf-8"), "p.html") == html


def test_unknown_declaration_is_passed_over() -> None:
    html = page("Größe", '<meta charset="x-nonsense">')
    assert decode(html.encode(), "p.html") == html


def test_a_stray_byte_becomes_a_replacement_character() -> None:
    data = page("Größe " * 300, '<meta charset="utf-8">').encode().replace(b"</p>", b"\xff</p>")
    text = decode(data, "p.html")
    assert text.count("\ufffd") == 1
    assert text.count("Größe") == 300


@pytest.mark.parametrize(("text", "codec"), [(RUSSIAN * 3, "windows-1251"), (CHINESE * 3, "gb18030"), (JAPANESE * 3, "euc_jp")])
def test_detected_without_a_declaration(text: str, codec: str) -> None:
    assert decode(page(text).encode(codec), "p.html") == page(text)


def test_utf8_without_a_declaration() -> None:
    assert decode("Größe".encode(), "p.txt") == "Größe"


def test_nul_and_line_ends() -> None:
    assert decode(b"a\0b\r\nc\rd\n", "p.txt") == "ab\nc\nd\n"


@pytest.mark.parametrize(("data", "found"), [(b"", "nothing"), (b"\0\0\0 \r\n", "only NUL bytes and spaces")])
def test_nothing_to_read(data: bytes, found: str) -> None:
    with pytest.raises(CorpusError, match=rf"^raw/quay/ferry\.html: the file holds {found}; expected a web page"):
        decode(data, "raw/quay/ferry.html")


def test_bytes_that_no_encoding_explains_are_refused_by_name() -> None:
    # Every byte value in an order that repeats none soon: no text in any encoding.
    data = bytes((number * 167 + number // 256 * 31) % 256 for number in range(8192))
    with pytest.raises(CorpusError, match=r"^raw/quay/ferry\.html: its bytes fit no known text encoding"):
        decode(data, "raw/quay/ferry.html")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [page(CHINESE * 20), page("Größe " * 20), "Just a line of text."], ids=["chinese", "german", "text"])
def test_utf16_without_a_byte_order_mark_is_seen_by_its_nuls(text: str, codec: str) -> None:
    assert decode(text.encode(codec), "p.html") == text


def test_nuls_in_no_order_are_no_text() -> None:
    with pytest.raises(CorpusError, match="its bytes fit no known text encoding"):
        decode(b"<p>\0\0a\0b\0\0\0c</p>" * 50, "p.html")
