"""Page text for a terminal or a report: characters that nobody sees, or that steer either, as escapes."""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))

SPELLING = "\u00ad\u200c\u200d"
"""Soft hyphen, zero-width non-joiner and joiner: unseen as well, but part of how German, Persian, Hindi and emoji are written."""


def visible(text: str, keep: str = "") -> str:
    r"""Return the text with control, direction and other invisible characters, and line ends, as escapes such as `\u202e`.

    Characters of `keep` stay as they are.
    """
    if text.isprintable():  # true for nearly all text, and false for all of these categories
        return text
    return "".join(
        _escape(character) if unicodedata.category(character) in _UNSEEN and character not in keep else character for character in text
    )


def _escape(character: str) -> str:
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    code = ord(character)
    return short or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
