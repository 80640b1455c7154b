"""The lint rules on a gold file's header (E003, E004, E008, E063, E064), for `gold check` all, for scoring those that matter there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.corpus.header import FENCE, FORMAT, HEADER_KEYS, Problem
from harness.errors import did_you_mean
from harness.records import COVERAGES, ORIGINS, TYPES

# What to add where a key is missing. `raw_sha256` and `site` are filled in from the page itself; `licence` has a rule of its own (E008).
_EXAMPLES = {
    "format": f"format = {FORMAT}",
    "url": 'url = "https://quay-courier.example/ferry-cut"',
    "site": 'site = "{site}"',
    "lang": 'lang = "en" (BCP 47)',
    "type": 'type = "news"',
    "origin": 'origin = "original"',
    "labelled_by": 'labelled_by = "your-name"',
    "raw_sha256": 'raw_sha256 = "{sha256}"',
}
_CHOICES: Mapping[str, Sequence[str]] = {"type": TYPES, "origin": ORIGINS, "coverage": COVERAGES, "body": ("none",)}
_FORMS = {
    "url": (re.compile(r"https?://\S+"), 'a web address, for example url = "https://quay-courier.example/ferry-cut"'),
    "lang": (re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"), 'a BCP 47 tag, for example lang = "en"; "und" where nobody knows'),
    "raw_sha256": (re.compile(r"[0-9a-f]{64}"), "64 hexadecimal digits in lower case"),
}
_TEXTS = (*_FORMS, "site", "type", "origin", "coverage", "body", "story", "labelled_by", "source")
# Names of other sets and of earlier drafts, too unlike ours for a search by similar letters.
_RENAMED = {"language": "lang", "page_type": "type", "pagetype": "type", "license": "licence", "annotator": "labelled_by"}


def header_problems(text: str, header: Mapping[str, Any], page: str, raw: str, sha256: str) -> list[Problem]:
    """Return what is wrong with the header of the gold file `text`.

    `raw` is the name of the page's raw file and `sha256` its digest, '' where there is none.
    """
    problems = _missing(header, page.partition("/")[0], sha256) + _value_problems(text, header, page)
    licence = header.get("licence")
    if not isinstance(licence, str) or not licence.strip():
        line = key_line(text, "licence") if "licence" in header else fence_line(text)
        say = f'No licence. Say why this page may be redistributed, or use licence = "link-only" and leave {raw} out.'
        problems.append(Problem(line, "E008", say))
    return problems


def value_problems(text: str, header: Mapping[str, Any], page: str) -> list[Problem]:
    """Return what is wrong with the header values that a score, a slice or a stored file depends on, the first by line first.

    Address, labeller and licence count only where they are no text at all; a missing digest makes no score wrong.
    """
    lacks = [Problem(1, "E003", f'The header lacks "{key}". Add for example: {_EXAMPLES[key].format(site=page.partition("/")[0])}.')
             for key in ("site", "lang", "type") if key not in header]  # fmt: skip
    lenient = {key for key in ("url", "labelled_by", "story", "source") if isinstance(header.get(key), str)}
    problems = _value_problems(text, {key: value for key, value in header.items() if key not in lenient}, page)
    if "licence" in header and not isinstance(header["licence"], str):
        problems.append(Problem(key_line(text, "licence"), "E008", f"licence is {header['licence']!r}; expected text in quotes."))
    return lacks or sorted(problems)


def _value_problems(text: str, header: Mapping[str, Any], page: str) -> list[Problem]:
    rows, site = text.split("\n"), page.partition("/")[0]
    coverage = str(header.get("coverage", "full"))
    found = ((key, _value_problem(key, value, site, coverage)) for key, value in header.items())
    return [Problem(_line_of(rows, key), *message) for key, message in found if message]


def fence_line(text: str) -> int:
    """Return the number of the line that ends the header, where problems of the file as a whole are reported."""
    rows = text.split("\n")
    return next((number for number, row in enumerate(rows[1:], 2) if row.rstrip() == FENCE), 1)


def key_line(text: str, key: str) -> int:
    """Return the number of the header line that sets `key`, 1 where none does."""
    return _line_of(text.split("\n"), key)


def _missing(header: Mapping[str, Any], site: str, sha256: str) -> list[Problem]:
    lacks = [key for key in _EXAMPLES if key not in header]
    if not lacks:
        return []
    names = _and(f'"{key}"' for key in lacks)
    examples = "; ".join(_EXAMPLES[key].format(site=site, sha256=sha256 or "…") for key in lacks)
    return [Problem(1, "E003", f"The header lacks {names}. Add for example: {examples}.")]


def _value_problem(key: str, value: object, site: str, coverage: str) -> tuple[str, str] | None:
    """Return code and sentence for one key and its value, None where they are sound."""
    if key not in HEADER_KEYS:
        near = f' Did you mean "{_RENAMED[key]}"?' if key in _RENAMED else did_you_mean(key, HEADER_KEYS)
        return "E004", f'"{key}" is not a header key. Use only: {", ".join(HEADER_KEYS)}.{near}'
    if key == "format":
        return _format_problem(value)
    if key == "truncated":
        return None if isinstance(value, bool) else ("E004", f"truncated is {value!r}; write truncated = true, or leave it out.")
    if key in _TEXTS and not (isinstance(value, str) and value.strip()):
        example = _EXAMPLES.get(key, f'{key} = "…"').format(site=site, sha256="…")
        return "E004", f"{key} is {_shown(value)}; expected text in quotes, for example {example}."
    if key in _CHOICES and value not in _CHOICES[key]:
        choices, article = _CHOICES[key], "an" if key == "origin" else "a"
        near = did_you_mean(str(value), choices)
        return "E004", f'"{value}" is not {article} {key}. Use one of: {", ".join(choices)}.{near}'
    if key in _FORMS:
        form, expected = _FORMS[key]
        if not form.fullmatch(str(value)):
            return "E004", f'{key} is "{value}"; expected {expected}.'
    # Imported sets keep the host name as site ("www.example.com"), which cannot be a folder's name.
    if key == "site" and value != site and coverage == "full":
        return "E063", f'site is "{value}", but the folder is "{site}". Write site = "{site}", or move the page.'
    return None


def _format_problem(value: object) -> tuple[str, str] | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return "E064", f"format is {_shown(value)}; expected a number: format = {FORMAT}."
    if value > FORMAT:
        return "E064", f"format = {value} is newer than this program, which reads {FORMAT}. Update clutterbench."
    if value < FORMAT:
        return "E064", f"format = {value} is older than {FORMAT}, the only one there is. Write format = {FORMAT}."
    return None


def _line_of(rows: Sequence[str], key: str) -> int:
    setting = re.compile(rf"""["']?{re.escape(key)}["']?\s*=""")
    for number, row in enumerate(rows[1:], 2):
        if row.rstrip() == FENCE:
            break
        if setting.match(row.strip()):
            return number
    return 1


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _and(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
