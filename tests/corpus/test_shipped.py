"""The shipped corpus holds what it promises: the spread that the project's plan asks for, counted from the files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from harness.corpus import corpus
from harness.corpus.check import check
from harness.records import LABELS, TYPES, Gold, Page, class_of
from harness.spread import WANTED_PAGES, WANTED_SITES
from harness.text import tokens

ROOT = Path(__file__).parents[2]


@cache
def pages() -> list[tuple[Page, Gold]]:
    return list(corpus.load(ROOT))


def words(gold: Gold) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in gold.lines:
        found[class_of(line.label)] += len(tokens(line.text))
    return found


def test_gold_is_sound_and_every_warning_is_answered() -> None:
    assert check(ROOT) == []


def test_pages_and_sites() -> None:
    by_site = Counter(gold.site for _, gold in pages())
    assert by_site.total() >= 120
    assert len(by_site) >= 24
    assert all(3 <= count <= 8 for count in by_site.values()), by_site


def test_languages() -> None:
    languages = Counter(gold.language.split("-")[0] for _, gold in pages())
    assert len(languages) >= 10
    assert languages.total() - languages["en"] >= 50
    # Scripts without spaces, right to left, agglutinative.
    for some in (("zh", "ja", "th"), ("ar", "fa", "he"), ("fi", "tr", "hu", "ko")):
        assert sum(languages[language] for language in some) >= 3


def test_every_type_and_origin() -> None:
    assert {gold.type for _, gold in pages()} == set(TYPES)
    assert {gold.header["origin"] for _, gold in pages()} == {"original", "syndicated", "spun", "translated"}


def test_lengths() -> None:
    bodies = sorted(words(gold)["body"] for _, gold in pages() if gold.header.get("body") != "none")
    assert 60 <= bodies[0] <= 100
    assert 3000 <= bodies[-1] <= 4000


def test_pages_where_nothing_is_right() -> None:
    assert sum(gold.header.get("body") == "none" for _, gold in pages()) >= 6


def test_stored_texts() -> None:
    assert len(list((ROOT / "raw").glob("*/*.txt"))) >= 6


def encodings() -> Iterator[str]:
    for path in (ROOT / "raw").glob("*/*.html"):
        data = path.read_bytes()
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            head = data[:2000].lower()
            yield next(name for name in ("windows-1251", "windows-1252", "iso-8859-1", "iso-8859-2", "shift_jis", "euc-kr",
                                         "ks_c_5601", "gb2312", "gb18030", "x-sjis", "windows-1250") if name.encode() in head)  # fmt: skip


def test_encodings() -> None:
    assert len({"utf-8", *encodings()}) >= 4


def test_stories_on_three_sites() -> None:
    sites: dict[str, set[str]] = defaultdict(set)
    origins: set[str] = set()
    for _, gold in pages():
        if story := gold.header.get("story"):
            sites[str(story)].add(gold.site)
            origins.add(str(gold.header["origin"]))
    assert sum(len(found) >= 3 for found in sites.values()) >= 4
    assert {"syndicated", "spun", "translated"} <= origins


@pytest.mark.parametrize("label", [label for label in LABELS if label.startswith("x-")])
def test_every_clutter_label(label: str) -> None:
    found = [gold.site for _, gold in pages() if any(line.label == label for line in gold.lines)]
    assert len(found) >= WANTED_PAGES == 8
    assert len(set(found)) >= WANTED_SITES == 4


def test_clutter_is_two_fifths_of_a_page_or_more() -> None:
    """Half of the pages lie between 40 % and 95 %; of those with a body none is above."""
    shares = [words(gold)["clutter"] / words(gold).total() for _, gold in pages() if gold.header.get("body") != "none"]
    assert sum(share >= 0.4 for share in shares) >= 0.6 * len(shares)
    assert max(shares) <= 0.95
