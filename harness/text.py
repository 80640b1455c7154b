"""What a token is, and the normalisation before it: the only place that decides either.

Scheme `ml-v1`: NFC and case-folded text without invisible format characters; a token is a run of letters, digits, marks and
underscores, but in scripts written without spaces (Han, kana, Bopomofo, Yi, Tibetan, Thai, Lao, Khmer, Myanmar …) every character
with its marks is a token. It counts as UAX #29 does without a dictionary, so it depends on no word list. The Unicode version is
that of the pinned `regex` package.
"""

from __future__ import annotations

import html
import unicodedata
from bisect import bisect_left, bisect_right

import regex

from harness import kernel

SCHEME = "ml-v1"

# Soft hyphen, zero-width space and no-break space, word joiner, direction marks and isolates: some extractors drop them, so a
# word must be the same word with and without them.
# An expression, since `str.translate` takes five times as long.
_INVISIBLE = regex.compile("[\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
# The prolonged sound mark belongs to kana but has the script "Common".
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\u30FC\uFF70\p{Bopomofo}\p{Yi}\p{Tibetan}\p{Line_Break=SA}"
# What a token is made of, by the names that `harness.kernel.tokeniser` gives its characters.
_CHARACTERS = {
    kernel.ALONE: rf"[[{_UNSPACED}]&&[\p{{L}}\p{{N}}]]",
    kernel.MARK: r"\p{M}",
    kernel.HEAD: rf"[[\p{{L}}\p{{N}}_]--[{_UNSPACED}]]",
    kernel.TAIL: rf"[[\p{{L}}\p{{N}}\p{{M}}_\u200C\u200D]--[{_UNSPACED}]]",
}
_TOKEN = regex.compile("(?V1){}{}*|{}{}*".format(*_CHARACTERS.values()))
_CLUSTER = regex.compile(r"(?s)\X")


def _classes(first: int) -> bytes:
    """Return the classes of 256 characters for the compiled tokeniser, from the same expressions as `_TOKEN`."""
    characters = "".join(map(chr, range(first, first + 256)))
    classes = bytearray(256)
    for bit, expression in _CHARACTERS.items():
        for found in regex.finditer(f"(?V1){expression}", characters):
            classes[found.start()] |= bit
    return bytes(classes)


_tokens = kernel.tokeniser(_classes, _TOKEN.findall)


def normalise(text: str) -> str:
    """Return the text as tokens see it: NFC, case-folded, without soft hyphens, zero-width spaces and direction marks."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).casefold()
    return unicodedata.normalize("NFC", folded)


def tokens(text: str) -> list[str]:
    """Return the text's tokens in order."""
    return _tokens(normalise(text))


def located(text: str) -> list[tuple[str, int, int]]:
    """Return the text's tokens, those of `tokens`, each with where it begins and ends in the text as it is written."""
    folded = normalise(text)
    found = [(match.group(), *match.span()) for match in _TOKEN.finditer(folded)]
    if len(folded) == len(text):
        return found
    # Somewhere a character became longer or shorter. What composes stays within one grapheme cluster, so clusters can be measured alone.
    starts, ends, widths = [0], [0], [0]
    for cluster in _CLUSTER.finditer(text):
        if width := len(normalise(cluster.group())):
            starts.append(cluster.start())
            ends.append(cluster.end())
            widths.append(widths[-1] + width)
    return [(token, starts[bisect_right(widths, begin)], ends[bisect_left(widths, end)]) for token, begin, end in found]


def readable(text: str) -> str:
    """Return the text without Markdown and HTML marks: images go, links keep their text, tags go, entities become characters.

    Some extractors answer in Markdown or leave entities behind. The alignment reads both sides so, page and answer, so that an article
    about markup loses the same on both. Underscores for emphasis go too; other Markdown marks are no part of any token.
    """
    if "](" in text or "<" in text or "&" in text or "_" in text:
        return _FLANKING.sub("", _MARKS.sub(_without_mark, text))
    return text


# Every part is bounded and excludes its own opening character, so that no input makes it quadratic.
_MARKS = regex.compile(
    r"!\[[^\[\]\n]{0,2000}\]\([^()\n]{0,2000}\)"
    r"|\[(?P<text>[^\[\]\n]{0,2000})\]\([^()\n]{0,2000}\)"
    r"|</?[A-Za-z][^<>\n]{0,2000}>"
    r"|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
)
_FLANKING = regex.compile(r"(?<![\p{L}\p{N}_])_{1,3}(?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}])_{1,3}(?![\p{L}\p{N}_])")


def _without_mark(found: regex.Match[str]) -> str:
    mark = found.group()
    if mark.startswith("&"):
        return html.unescape(mark)
    return found.group("text") or ""


def squeeze(text: str) -> str:
    """Collapse white space to single blanks and compose Unicode to NFC: how a block's text is stored and compared."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def without_space(text: str) -> str:
    """Return NFC text without any white space, the form in which gold lines and page blocks must agree."""
    return unicodedata.normalize("NFC", "".join(text.split()))
