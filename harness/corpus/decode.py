"""Bytes of a raw page to text, decided once for every extractor: byte order mark, declared charset, then a detector."""

from __future__ import annotations

import codecs

from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

from harness.errors import CorpusError

# A browser shows U+FFFD for a stray byte and goes on; so do we, while strays are rare enough for the declaration to be right.
_STRAY_SHARE = 0.001

# Text in a one-byte encoding has a stray NUL at most; in UTF-16 the markup alone puts one beside every ASCII character.
_NUL_SHARE = 0.02
_FEW_NULS = 3
_LOPSIDED = 8
_WIDE = ("utf-16-le", "utf-16-be")


def decode(data: bytes, name: str) -> str:
    """Return the page's text, NULs and line-ending differences removed.

    `name` is used in messages. Raises CorpusError for a page without text and for bytes that no known encoding explains.
    """
    if not data.strip(b"\0 \t\r\n\f"):
        found = "only NUL bytes and spaces" if data else "nothing"
        raise CorpusError(f"{name}: the file holds {found}; expected a web page or its text. Save the page again.")
    text = _decode(data)
    if text is None:
        raise CorpusError(
            f"{name}: its bytes fit no known text encoding (no byte order mark, no charset declaration that holds, nothing "
            "detected). Save the page again as the server sent it, or convert it to UTF-8."
        )
    # HTML knows no NUL; parsers differ on it, so all extractors get the page without. Lone surrogates cannot come out of a decoder.
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def _decode(data: bytes) -> str | None:
    mark, _ = read_bom(data)
    declared = mark or html_body_declared_encoding(data[:4096])
    for encoding in (declared, None if mark else _wide(data), "utf-8"):
        if encoding:
            text = _nearly(data, encoding)
            if text is not None:
                return text.removeprefix("\ufeff")
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    return None if best is None or _is_full_of_nuls(str(best)) else str(best)


def _nearly(data: bytes, encoding: str) -> str | None:
    name = encoding if encoding in _WIDE else resolve_encoding(encoding)
    if name is None:
        return None
    try:
        codecs.lookup(name)
        text = data.decode(name, errors="replace")
    except (LookupError, ValueError):
        return None
    strays = text.count("\ufffd")
    return text if strays <= len(text) * _STRAY_SHARE and not _is_full_of_nuls(text) else None


def _wide(data: bytes) -> str | None:
    """Return the UTF-16 that bytes without a byte order mark are in: markup has a NUL beside every character, always on the same side."""
    start = data[: len(data) & ~1][:65536]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if not _are_many(max(even, odd), len(start)) or min(even, odd) * _LOPSIDED > max(even, odd):
        return None
    return _WIDE[0] if odd > even else _WIDE[1]


def _is_full_of_nuls(text: str) -> bool:
    return _are_many(text.count("\0"), len(text))


def _are_many(nuls: int, length: int) -> bool:
    return nuls > max(_FEW_NULS, length * _NUL_SHARE)
