r"""Classes of characters: what the compiled cutter knows of Unicode, filled from whoever decides what a token is.

A token is ALONE MARK* or HEAD TAIL*. A classifier returns the classes of the 256 characters from a code point on, one byte each.
"""

from __future__ import annotations

import re

ALONE, MARK, HEAD, TAIL = 1, 2, 4, 8
PAGE = 256

_WORD = re.compile(r"\w")


def words(first: int) -> bytes:
    r"""Classify for `\w+` of this interpreter's `re`, the Unicode version that the rivals run on."""
    return bytes(HEAD | TAIL if _WORD.match(chr(code)) else 0 for code in range(first, first + PAGE))


def between_spaces(first: int) -> bytes:
    """Classify for `str.split()`."""
    return bytes(0 if chr(code).isspace() else HEAD | TAIL for code in range(first, first + PAGE))
