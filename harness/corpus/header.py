"""The head of a gold file, a TOML table between `+++` lines: its keys, where it ends, and what a parser can say against it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

FENCE = "+++"
UNDECIDED = "?"
"""The label of a line that nobody has labelled yet."""

HEADER_KEYS = (
    "format", "url", "site", "lang", "type", "licence", "origin", "story", "coverage", "body", "truncated", "labelled_by", "source",
    "raw_sha256",
)  # fmt: skip
FORMAT = 1

_KEY = re.compile(r"""\s*(?:"([^"\\]+)"|'([^']+)'|([A-Za-z0-9_-]+))\s*=""")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding of the parser or the lint: where (line from 1), which rule, and a sentence. `severity` is error or warning."""

    line: int
    code: str
    message: str
    column: int = 1

    @property
    def severity(self) -> Literal["error", "warning"]:
        return "error" if self.code.startswith("E") else "warning"


def parse_header(rows: Sequence[str]) -> tuple[dict[str, Any], int] | Problem:
    """Return the header of a gold file's lines and the index of the line that ends it, or what is wrong with it (E001, E002)."""
    end = next((number for number, row in enumerate(rows[1:], 1) if row.rstrip() == FENCE), None)
    if rows[0].rstrip() != FENCE or end is None:
        say = 'The header is missing. Start the file with a +++ line, key = "value" lines, and a second +++ line.'
        return Problem(1, "E001", say)
    try:
        # A blank line for the fence makes the parser's line numbers those of the file; a last line end keeps CRLF files valid.
        return tomllib.loads("\n".join(["", *rows[1:end], ""])), end
    except tomllib.TOMLDecodeError as error:
        return (_key_twice(rows[:end]) if "overwrite" in str(error) else None) or _not_toml(error, end)


def _not_toml(error: tomllib.TOMLDecodeError, end: int) -> Problem:
    place = re.search(r"at line (\d+)", str(error))
    return Problem(int(place.group(1)) if place else end + 1, "E002", f"The header is not valid TOML: {error}.")


def _key_twice(rows: Sequence[str]) -> Problem | None:
    """Return the problem of the first key that is set twice; the TOML parser names neither it nor its first line."""
    first: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        if found := _KEY.match(row):
            key = next(filter(None, found.groups()))
            if key in first:
                say = f'The header is not valid TOML: "{key}" is set twice, first in line {first[key]}. Keep one of the two.'
                return Problem(number, "E002", say)
            first[key] = number
    return None
