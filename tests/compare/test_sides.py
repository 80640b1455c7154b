"""Where sides come from, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness import stages
from harness.compare import baseline
from harness.compare.sides import check_comparable, of_baseline, only
from harness.corpus import corpus as corpora
from harness.corpus.corpus import Corpus
from harness.errors import NotComparable, StoreError, UsageError
from harness.progress import Progress
from harness.store import Cache, find_run
from tests.compare.conftest import SITES, body, sides, write_answers
from tests.corpora import write_corpus

PAGES = tuple(f"{site}/pier" for site in SITES)


def run(corpus: Corpus, *names: str) -> str:
    with Cache(corpus.root) as cache:
        return stages.run(stages.plan(corpus.root, names, (), Progress(), floors=False), cache, Progress()).id


def test_extractors_are_run_and_the_latest_run_stays_the_latest(corpus: Corpus) -> None:
    before = run(corpus, "everything")
    a, b = sides(corpus, "nothing", "everything")
    assert (a.name, b.name) == ("nothing", "everything")
    assert {each.text for each in a.answers.values()} == {""}
    assert b.answers.keys() == set(PAGES)
    assert find_run(corpus.root, None).id == before
    check_comparable(a, b, corpus)


def test_a_run_and_its_extractor(corpus: Corpus) -> None:
    one, two = run(corpus, "bte"), run(corpus, "bte", "readability")
    assert sides(corpus, one[:6])[0].answers.keys() == set(PAGES)
    assert sides(corpus, f"{two}:readability")[0].name == f"{two}:readability"
    # A run of several says nothing alone, but the other side may say which is meant.
    assert sides(corpus, "bte", two)[1].answers["alder/pier"].extractor == "bte"
    with pytest.raises(UsageError, match=f"holds 2 extractors; say which, as in {two}:bte"):
        sides(corpus, two)
    with pytest.raises(UsageError, match=r'no extractor "readabilty".*Did you mean "readability"'):
        sides(corpus, f"{two}:readabilty")


def test_a_folder_needs_a_slash_for_a_checkout_has_one_of_the_extractors_name(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nothing").mkdir()
    write_answers(tmp_path / "nothing" / "mine.json", dict.fromkeys(PAGES, body()))
    assert {each.text for each in sides(corpus, "nothing")[0].answers.values()} == {""}
    assert {each.text for each in sides(corpus, "nothing/")[0].answers.values()} == {body()}
    write_answers(tmp_path / "nothing" / "other.json", dict.fromkeys(PAGES, body()))
    with pytest.raises(UsageError, match=r"holds the answers of 2 systems; name one: nothing/mine.json, nothing/other.json"):
        sides(corpus, "nothing/")
    (tmp_path / "mine").mkdir()
    with pytest.raises(UsageError, match=r"There is no extractor 'mine'.* A folder of answers is written mine/"):
        sides(corpus, "mine")


def test_several_variants_and_names_that_are_nothing(corpus: Corpus) -> None:
    with pytest.raises(UsageError, match="several variants; name one of: boilerpy3-article"):
        sides(corpus, "boilerpy3")
    with pytest.raises(UsageError, match="Did you mean"):
        sides(corpus, "trafilatur")


def test_only_the_pages_asked_for(corpus: Corpus, tmp_path: Path) -> None:
    path = write_answers(tmp_path / "mine.json", dict.fromkeys(PAGES, body()))
    a, b = sides(corpus, "nothing", str(path), pages=("birch/pier",))
    check_comparable(a, b, corpus)
    assert list(a.answers) == list(b.answers) == ["birch/pier"]
    with pytest.raises(UsageError, match=r'no answer for the page "brich/pier".*Did you mean "birch/pier"'):
        only(b, corpus, ["brich/pier"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"track": "text"}, r"track \(html and text"),
        ({"segmenter": "seg:0"}, r"seg \(1 and 0"),
        ({"gold": "0" * 64}, r"gold \([0-9a-f]{12} and 000000000000: the pages or their labels"),
        ({"made_by": "0.0.9"}, r"v \(0\.1\.0 and 0\.0\.9: another clutterbench"),
    ],
)
def test_other_signatures_are_refused_and_the_part_is_named(corpus: Corpus, change: dict[str, str], said: str) -> None:
    (side,) = sides(corpus, "nothing")
    with pytest.raises(NotComparable, match=said) as raised:
        check_comparable(side, replace(side, **change), corpus)  # type: ignore[arg-type]
    assert str(raised.value).count(": ") == 1  # no other part is named


def test_a_run_of_other_gold_and_of_fewer_pages(corpus: Corpus, tmp_path: Path) -> None:
    old = run(corpus, "nothing")
    more = corpora.load(write_corpus(tmp_path, {"dogwood": "Greyholm"}))
    a, b = sides(more, old, "nothing")
    with pytest.raises(NotComparable, match=r"differ in gold \(.*\); n \(3 and 4"):
        check_comparable(a, b, more)
    a, b = sides(more, old, "nothing", pages=("birch/pier",))
    check_comparable(a, b, more)  # those pages and their gold are what they were
    gold = tmp_path / "gold" / "birch" / "pier.txt"
    gold.write_text(gold.read_text().replace("x-nav:", "x-search:"))
    changed = corpora.load(tmp_path)
    a, b = sides(changed, old, "nothing", pages=("birch/pier",))
    with pytest.raises(NotComparable, match="gold"):
        check_comparable(a, b, changed)
    with pytest.raises(StoreError, match="pages or gold changed since"):
        check_comparable(a, a, changed)


def test_a_baseline_is_read_as_it_was_written(corpus: Corpus, tmp_path: Path) -> None:
    (side,) = sides(corpus, "everything")
    failed = replace(side.answers["cedar/pier"], status="timeout", text="", detail="20 s")
    answers = {**side.answers, "cedar/pier": failed}
    path = tmp_path / "base.json"
    baseline.write(path, side.facts(), answers)
    assert len(path.read_text().splitlines()) >= len(PAGES)
    stored = of_baseline(path, corpus, ())
    assert {page: (each.status, each.text) for page, each in stored.answers.items()} == {
        page: (each.status, each.text) for page, each in answers.items()
    }
    check_comparable(stored, side, corpus)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is no JSON"),
        ("[]", "is no baseline"),
        ('{"birch/pier": {"articleBody": ""}}', "is no baseline"),
        ('{"baseline": 99}', "newer clutterbench"),
        ('{"baseline": 1, "name": "x"}', "is damaged"),
    ],
)
def test_what_is_no_baseline(corpus: Corpus, tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "base.json"
    path.write_text(content)
    with pytest.raises(StoreError, match=said):
        of_baseline(path, corpus, ())


def test_a_damaged_answer_in_a_baseline(corpus: Corpus, tmp_path: Path) -> None:
    (side,) = sides(corpus, "nothing")
    path = tmp_path / "base.json"
    baseline.write(path, side.facts(), side.answers)
    whole = json.loads(path.read_text())
    broken: list[object] = [{"status": "fine", "text": ""}, {"status": "ok", "text": 3}, {"status": "error", "text": "x"}, [], None]
    for answer in broken:
        path.write_text(json.dumps({**whole, "answers": {"birch/pier": answer}}))
        with pytest.raises(StoreError, match="is damaged"):
            of_baseline(path, corpus, ())
