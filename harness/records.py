"""The words of the project as frozen, checked records. No input or output happens here.

`Page`, `Line`, `Gold` describe the corpus; `Extractor`, `Extraction` what ran; `Counts`, `Alignment`, `Score` what came of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Class = Literal["body", "may", "clutter"]
Track = Literal["html", "text"]
Status = Literal["ok", "error", "timeout", "crash", "memory"]
Category = Literal["extractor", "converter", "baseline"]
Coverage = Literal["full", "body", "snippets"]

TRACKS: tuple[Track, ...] = ("html", "text")
STATUSES: tuple[Status, ...] = ("ok", "error", "timeout", "crash", "memory")
COVERAGES: tuple[Coverage, ...] = ("full", "body", "snippets")
TYPES = (
    "news", "blog", "opinion", "liveblog", "forum", "qa", "product", "docs", "wiki", "recipe", "listing", "error",
)  # fmt: skip
ORIGINS = ("original", "syndicated", "spun", "translated")

LABELS: Mapping[str, str] = MappingProxyType({
    "p": "paragraph", "h": "sub-heading", "li": "list item", "q": "quote or embedded post",
    "row": "table row, cells joined by ' | '", "code": "code, indentation kept",
    "title": "headline", "deck": "standfirst or editors' summary", "kicker": "section word above the headline",
    "byline": "author line", "date": "date, time, reading time", "caption": "picture caption", "credit": "picture credit",
    "pull": "pull quote that repeats the text", "note": "correction, agency line, additional reporting",
    "x-nav": "menu", "x-breadcrumb": "path to this page", "x-search": "search form or overlay", "x-toc": "table of contents",
    "x-trending": "most read, trending, what's hot", "x-related": "related stories, also the next story below",
    "x-unrelated": "headlines of other stories, unpaid link boxes", "x-see-also": "link to another story inside the body",
    "x-ad": "advertisement and its marker", "x-sponsored": "paid teaser, paid link boxes", "x-affiliate": "buy button, price widget",
    "x-share": "share bar and its counters", "x-newsletter": "sign-up box", "x-app": "get our app",
    "x-cookie": "consent banner", "x-paywall": "subscription offer", "x-comments": "reader comments and their form",
    "x-author": "author box", "x-tags": "topic tags", "x-widget": "weather, ticker, rating, player", "x-footer": "footer, rights",
    "x-duplicate": "second copy of body text", "x-hidden": "text that the page hides", "x-other": "other clutter",
})  # fmt: skip
BODY_LABELS = frozenset(("p", "h", "li", "q", "row", "code"))
MAY_LABELS = frozenset(("title", "deck", "kicker", "byline", "date", "caption", "credit", "pull", "note"))

UNLABELLED = "x-unlabelled"
"""Label given to page text outside the body where the gold knows only the body (`coverage = "body"`)."""

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?/[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def class_of(label: str) -> Class:
    """Return the class of a label. Raises KeyError for a word that is no label."""
    if label in BODY_LABELS:
        return "body"
    if label in MAY_LABELS:
        return "may"
    if label in LABELS or label == UNLABELLED:
        return "clutter"
    raise KeyError(label)


def is_page_id(text: str) -> bool:
    """Tell whether `text` has the form `<site>/<name>`: lower-case letters, digits and inner hyphens."""
    return len(text) <= 200 and _ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Page:
    """One raw document, decoded once.

    `html` is None for a page that is stored as text only; `text` is the input of the text track, one visible block a line.
    `language` is the page's BCP 47 tag, `und` where nobody knows it. `sha256` is of the raw bytes (of the `.html` where there is one).
    """

    id: str
    url: str
    language: str
    html: str | None
    text: str
    sha256: str

    def __post_init__(self) -> None:
        if not is_page_id(self.id):
            raise ValueError(f"{self.id!r} is not a page id")

    def source(self, track: Track) -> str | None:
        """Return what an extractor of `track` is given, or None where the page has no such form."""
        return self.html if track == "html" else self.text


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled line of a gold file. `continues` marks `label+:`, a further part of the same block. `number` counts from 1."""

    label: str
    text: str
    continues: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class Gold:
    """A page's labelled lines and its header, whose keys and values are those of the file."""

    header: Mapping[str, Any]
    lines: tuple[Line, ...]

    @property
    def coverage(self) -> Coverage:
        value: Coverage = self.header.get("coverage", "full")
        return value

    @property
    def site(self) -> str:
        return str(self.header["site"])

    @property
    def type(self) -> str:
        return str(self.header["type"])

    @property
    def language(self) -> str:
        return str(self.header["lang"])

    @property
    def body(self) -> str:
        """The gold body as text: one body line a line. Parts of one block stay together."""
        parts: list[str] = []
        open_block = False
        for line in self.lines:
            if not line.continues:
                open_block = False
            if class_of(line.label) == "body":
                if open_block:
                    parts[-1] += " " + line.text
                else:
                    parts.append(line.text)
                open_block = True
        return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class Extractor:
    """One variant of one extractor, at one version, as it runs.

    `name` is what tables show (`trafilatura-precision`, `trafilatura==2.0.0`); `plugin` the stem of its file; `options` the variant's
    named options; `distribution` the package whose `version` is measured, '' where the file is all there is. `answer` says whether it
    returns text or HTML (turned into text by the one shared step). `requirement` pins another release (`trafilatura==2.0.0`) or names a
    checkout or wheel (`trafilatura @ ../trafilatura`), '' for the project's own environment.
    """

    name: str
    plugin: str
    track: Track
    category: Category
    options: Mapping[str, Any] = field(default_factory=dict)
    distribution: str = ""
    answer: Literal["text", "html"] = "text"
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """One extractor's answer for one page.

    `text` is '' unless `status` is `ok`. `detail` says in one line what went wrong and may hold a stack. `cpu` is seconds of CPU
    inside the call, `memory` bytes of peak growth during it; both None where the worker could not report them. `noise` holds what the
    call did beside answering: printed bytes, refused network attempts, files left behind.
    """

    extractor: str
    page: str
    status: Status
    text: str = ""
    detail: str = ""
    cpu: float | None = None
    memory: int | None = None
    noise: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"{self.status!r} is not a status")
        if self.text and self.status != "ok":
            raise ValueError("a failed extraction has no text")


@dataclass(frozen=True, slots=True)
class Counts:
    """What a metric counts on one page: things hit, things predicted, things expected. Counts add; ratios come last.

    With nothing predicted and nothing expected all three ratios are 1; where only one side is empty they are 0.
    """

    hits: float
    predicted: float
    expected: float

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= min(self.predicted, self.expected):
            raise ValueError(f"impossible counts: {self}")

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.hits + other.hits, self.predicted + other.predicted, self.expected + other.expected)

    @property
    def precision(self) -> float:
        return self._ratio(self.predicted)

    @property
    def recall(self) -> float:
        return self._ratio(self.expected)

    @property
    def f1(self) -> float:
        if self.predicted and self.expected:
            return 2 * self.hits / (self.predicted + self.expected)
        return self._ratio(0)

    def _ratio(self, denominator: float) -> float:
        if denominator and self.predicted and self.expected:
            return self.hits / denominator
        return 1.0 if not self.predicted and not self.expected else 0.0
