"""What a token is, and the normalisation before it: the only place that decides either.

Scheme `ml-v1`: NFC and case-folded text without invisible format characters; a token is a run of letters, digits, marks and
underscores, but in scripts written without spaces (Han, kana, Bopomofo, Yi, Tibetan, Thai, Lao, Khmer, Myanmar …) every character
with its marks is a token. It counts as UAX #29 does without a dictionary, so it depends on no word list. The Unicode version is
that of the pinned `regex` package.
"""

from __future__ import annotations

import unicodedata

import regex

SCHEME = "ml-v1"

# Soft hyphen, zero-width space and no-break space, word joiner, direction marks and isolates: some extractors drop them, so a
# word must be the same word with and without them.
_INVISIBLE = dict.fromkeys((0x00AD, 0x061C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
# The prolonged sound mark belongs to kana but has the script "Common".
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\u30FC\uFF70\p{Bopomofo}\p{Yi}\p{Tibetan}\p{Line_Break=SA}"
_TOKEN = regex.compile(
    rf"(?V1)[[{_UNSPACED}]&&[\p{{L}}\p{{N}}]]\p{{M}}*"
    rf"|[[\p{{L}}\p{{N}}_]--[{_UNSPACED}]][[\p{{L}}\p{{N}}\p{{M}}_\u200C\u200D]--[{_UNSPACED}]]*"
)


def normalise(text: str) -> str:
    """Return the text as tokens see it: NFC, case-folded, without soft hyphens, zero-width spaces and direction marks."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFC", text.translate(_INVISIBLE)).casefold()
    return unicodedata.normalize("NFC", folded)


def tokens(text: str) -> list[str]:
    """Return the text's tokens in order."""
    found: list[str] = _TOKEN.findall(normalise(text))
    return found


def squeeze(text: str) -> str:
    """Collapse white space to single blanks and compose Unicode to NFC: how a block's text is stored and compared."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def without_space(text: str) -> str:
    """Return NFC text without any white space, the form in which gold lines and page blocks must agree."""
    return unicodedata.normalize("NFC", "".join(text.split()))
