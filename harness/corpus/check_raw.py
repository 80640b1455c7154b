"""The lint rules on raw pages: saved while logged in (E050), marked by a labelling tool (E052), nearly the same as another (E051, W110)."""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import regex

from harness.corpus.segment import Block
from harness.text import tokens

NEARLY_SAME = 0.9
"""Share of 5-gram shingles in common from which two pages count as one."""
SAME_STORY = 0.5
"""Share of the shorter body's shingles that another body has from which the two seem to tell one story: half of it is a cut copy."""
_BODY_SHINGLES = 30

_SHINGLE = 5
_SHORT = 80

# Public pages are full of "csrf", "token" and "session" with long random values, and of e-mail addresses; none of that tells
# a logged-in page from a public one. What does: a greeting by name beside a way to log out, a signed web token (JWT) that names
# a person (8 of AEB's 181 public pages hold one for a comment box or a software statement), and a session cookie's value.
_TOKEN = re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.(eyJ[A-Za-z0-9_-]{10,})\.[A-Za-z0-9_-]{16,}")
_PERSONAL = frozenset(("email", "preferred_username", "username", "given_name", "family_name", "user_id", "uid"))
_COOKIE = re.compile(rb"\b(?:PHPSESSID|JSESSIONID|ASP\.NET_SessionId|connect\.sid|session_?id)=[A-Za-z0-9%._-]{16,}", re.IGNORECASE)
_GREETING = regex.compile(
    r"\b(?:Hello|Hi|Welcome(?: back)?|Signed in as|Logged in as|Hallo|Willkommen|Angemeldet als|Bonjour|Connecté en tant que|Hola|Ciao|Olá)"
    r"[,:]?\s+(?:[\p{Lu}\p{Lo}][\w.'’-]*|\S+@\S+\.\w+)",
)
_LOG_OUT = re.compile(
    r"\b(?:log ?out|log off|sign ?out|abmelden|ausloggen|se déconnecter|déconnexion|cerrar sesión|esci|disconnetti|sair|uitloggen|"
    r"logga ut|wyloguj|выйти)\b|ログアウト|退出登录|登出|로그아웃",
    re.IGNORECASE,
)
_FOREIGN_MARKS = rb"cc-extraStyle|\bmark-selected\b|\bcc-select\s*=|__boilernet_label|\bx-nc-sel\d"
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


@dataclass(frozen=True, slots=True)
class Content:
    """What E051 and W110 compare: a page's visible text, its gold body, its site, and its story ('' where the header names none)."""

    site: str
    story: str
    text: str
    body: str


def logged_in(data: bytes, blocks: Iterable[Block]) -> tuple[int, str] | None:
    """Return line and E050 sentence tail, such as `("Hello, Mara", a session token at byte 10 422)`, or None for a public page."""
    signs, place = [], 0
    short = [block.text for block in blocks if len(block.text) <= _SHORT]
    if any(_LOG_OUT.search(text) for text in short):
        greeting = next((found for text in short if (found := _GREETING.search(text))), None)
        if greeting:
            signs.append(f'"{greeting.group()}"')
            if any(_ADDRESS.search(text) for text in short):
                signs.append("an e-mail address")
    secret = next((match for match in _TOKEN.finditer(data) if _names_a_person(match[1])), None) or _COOKIE.search(data)
    if secret:
        place = secret.start()
        signs.append(f"a session token at byte {place:,}".replace(",", " "))
    return (data.count(b"\n", 0, place) + 1, f"({', '.join(signs)})") if signs else None


def labelling_mark(data: bytes, labels: Iterable[str]) -> tuple[int, str] | None:
    """Return line and text of the first mark that a labelling tool left in a page (E052), or None.

    WebMainBench's samples carry their tool's style sheet and classes, so that an extractor could read the answer. Looked for are the marks
    of that tool, of BoilerNet's, of L3S-GN1's, and this project's clutter `labels` as an attribute's value.
    """
    ours = b"|".join(re.escape(label.encode()) for label in sorted(labels) if label.startswith("x-"))
    found = re.compile(
        rb"%s|<[a-z][^<>]*\s(?:data-)?(?:label|lb|gold)\s*=\s*[\"']?(?:%s)\b" % (_FOREIGN_MARKS, ours), re.IGNORECASE
    ).search(data)
    if found is None:
        return None
    mark = re.sub(rb"\s+", b" ", found.group()[-40:]).decode("ascii", "replace")
    return data.count(b"\n", 0, found.start()) + 1, mark


def near_copies(pages: Mapping[str, Content]) -> dict[str, tuple[str, int]]:
    """Return, for each page that nearly repeats one before it in order of ids, that page's id and the percentage in common (E051).

    Copies of one story on several sites are wanted: they name the same `story` and are not reported.
    """
    # Of the longer page's shingles: a teaser is no copy of the article whose first paragraph it shows.
    return _alike({page: tokens(content.text) for page, content in pages.items()}, max, NEARLY_SAME, 1,
                  lambda one, other: _wanted(pages[one], pages[other]))  # fmt: skip


def unnamed_copies(pages: Mapping[str, Content]) -> dict[str, tuple[str, int]]:
    """Return, for each page whose body repeats an earlier one's, that page and the percentage, unless both name one story (W110)."""
    bodies = {page: tokens(content.body) for page, content in pages.items()}
    return _alike(
        bodies, min, SAME_STORY, _BODY_SHINGLES, lambda one, other: bool(pages[one].story) and pages[one].story == pages[other].story
    )


def _alike(
    words: Mapping[str, Sequence[str]],
    of: Callable[[int, int], int],
    nearly: float,
    fewest: int,
    wanted: Callable[[str, str], bool],
) -> dict[str, tuple[str, int]]:
    """Return page → (earlier page, percentage of shingles in common) for those from `nearly` on that are not `wanted`."""
    ids = sorted(words)
    shingles = [_shingles(words[page]) for page in ids]
    holders: dict[int, list[int]] = {}
    found: dict[str, tuple[str, int]] = {}
    for number, page in enumerate(ids):
        if len(shingles[number]) < fewest:
            continue
        common: Counter[int] = Counter()
        for shingle in shingles[number]:
            seen = holders.setdefault(shingle, [])
            common.update(seen)
            seen.append(number)
        shares = ((count / of(len(shingles[number]), len(shingles[other])), -other) for other, count in common.items())
        alike = [(share, other) for share, other in shares if share >= nearly and not wanted(page, ids[-other])]
        if alike:
            share, other = max(alike)
            found[page] = ids[-other], int(share * 100)
    return found


def _names_a_person(payload: bytes) -> bool:
    try:
        claims = json.loads(urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(claims, dict) and not _PERSONAL.isdisjoint(claims)


def _wanted(one: Content, other: Content) -> bool:
    return bool(one.story) and one.story == other.story and one.site != other.site


def _shingles(words: Sequence[str]) -> set[int]:
    """Return the hashes of all runs of five tokens; a shorter text is one shingle. They never leave the process."""
    if len(words) < _SHINGLE:
        return {hash(tuple(words))} if words else set()
    return set(map(hash, zip(*(words[start:] for start in range(_SHINGLE)), strict=False)))
