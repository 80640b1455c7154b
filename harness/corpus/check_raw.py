"""The lint rules on raw pages: saved while logged in (E050), and nearly the same as another page (E051)."""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import regex

from harness.corpus.segment import Block
from harness.text import tokens

NEARLY_SAME = 0.9
"""Share of 5-gram shingles in common from which two pages count as one."""

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
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


@dataclass(frozen=True, slots=True)
class Content:
    """What E051 compares: a page's visible text, its site, and the story it tells ('' where the header names none)."""

    site: str
    story: str
    text: str


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


def near_copies(pages: Mapping[str, Content]) -> dict[str, tuple[str, int]]:
    """Return, for each page that nearly repeats one before it in order of ids, that page's id and the percentage in common.

    Copies of one story on several sites are wanted: they name the same `story` and are not reported.
    """
    ids = sorted(pages)
    shingles = [_shingles(tokens(pages[page].text)) for page in ids]
    holders: dict[int, list[int]] = {}
    found: dict[str, tuple[str, int]] = {}
    for number, page in enumerate(ids):
        common: Counter[int] = Counter()
        for shingle in shingles[number]:
            seen = holders.setdefault(shingle, [])
            common.update(seen)
            seen.append(number)
        # Of the longer page's shingles: a teaser is no copy of the article whose first paragraph it shows.
        shares = ((count / max(len(shingles[number]), len(shingles[other])), -other) for other, count in common.items())
        alike = [(share, other) for share, other in shares if share >= NEARLY_SAME and not _wanted(pages[page], pages[ids[-other]])]
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
