"""Scores: every cell exists, failures are full misses, and nothing is computed twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import score
from harness.corpus import corpus
from harness.errors import StoreError, UsageError
from harness.records import Counts, Extraction
from harness.store import Cache, Run
from tests.corpora import write_corpus

BODY = (
    "The old fish pier was closed on Friday after waves broke two of its piles, the harbour board of Greyholm said.\n"
    "Boats will land at the north quay until divers have looked at the damage, which may take three weeks."
)
SEE_ALSO = "READ MORE: New owner for the ice house"


@pytest.fixture
def pages(tmp_path: Path) -> corpus.Corpus:
    return corpus.load(write_corpus(tmp_path, {"post": "Greyholm"}))


def scored(pages: corpus.Corpus, *extractions: Extraction) -> dict[tuple[str, str], score.Score]:
    with Cache(pages.root) as cache:
        scores = score.score_pages(pages, extractions, score.metrics(), cache).scores
    return {(found.extractor, found.metric): found for found in scores}


def test_counts_of_the_headline_by_hand(pages: corpus.Corpus) -> None:
    found = scored(pages, Extraction("x", "post/pier", "ok", f"{BODY} {SEE_ALSO}\nUnheard-of"))["x", "alignment"]
    # kept 21 + 19 of 51 body tokens; leaked 8; invented 2 ("unheard", "of" stands on the page but is used up: repeated)
    assert found.counts == Counts(40, 50, 51)
    assert found.parts == {"p": 40, "x-see-also": 8, "repeated": 1, "invented": 1}


@pytest.mark.parametrize("status", ["error", "timeout", "crash", "memory"])
def test_a_failure_is_a_full_miss(pages: corpus.Corpus, status: str) -> None:
    for found in scored(pages, Extraction("x", "post/pier", status, detail="why")).values():  # type: ignore[arg-type]
        assert found.status == status
        assert (found.counts.precision, found.counts.recall, found.counts.f1) == (0, 0, 0)
        assert found.counts.expected > 0


def test_a_failure_is_a_miss_where_nothing_was_right() -> None:
    assert score.failed(0).f1 == 0
    assert score.failed(7) == Counts(0, 0, 7)


def test_an_empty_answer_is_named(pages: corpus.Corpus) -> None:
    assert scored(pages, Extraction("x", "post/pier", "ok", " \n"))["x", "alignment"].status == "empty"


def test_every_metric_gives_every_extraction_a_cell(pages: corpus.Corpus) -> None:
    found = scored(pages, Extraction("x", "post/pier", "ok", BODY), Extraction("y", "post/pier", "crash"))
    assert set(found) == {(name, metric.name) for name in "xy" for metric in score.metrics() if "full" in metric.coverage}


def test_scores_come_from_the_cache_until_gold_changes(pages: corpus.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Extraction("x", "post/pier", "ok", BODY)
    first = scored(pages, answer)
    with monkeypatch.context() as patch:
        patch.setattr(score, "_measure", lambda *_: pytest.fail("measured again"))
        assert scored(pages, answer) == first
    gold = pages.entries[0].gold
    gold.write_text(gold.read_text().replace("li: Ferries", "x-other: Ferries"))
    assert scored(pages, answer)["x", "alignment"].counts.expected == 40


def test_scores_read_back(pages: corpus.Corpus, tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        scored = score.score_pages(pages, [Extraction("x", "post/pier", "ok", BODY)], score.metrics(), cache, tracks={"html": {"x"}})
    assert scored.references
    assert scored.confusion
    run = Run(tmp_path, "r")
    score.write(run, scored)
    assert score.read(run) == scored


def test_a_run_without_fully_labelled_pages_has_no_confusion(pages: corpus.Corpus, tmp_path: Path) -> None:
    gold = pages.entries[0].gold
    gold.write_text(gold.read_text().replace("format = 1", 'format = 1\ncoverage = "body"'))
    with Cache(tmp_path) as cache:
        scored = score.score_pages(pages, [], score.metrics(), cache)
    assert scored.confusion is None
    assert [row["inferred"] for row in scored.pages] == [True]
    run = Run(tmp_path, "r")
    score.write(run, scored)
    assert score.read(run) == scored


def test_inferred_labels_of_other_rules_are_other_work(pages: corpus.Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gold = pages.entries[0].gold
    header, _, lines = gold.read_text().partition("\nx-nav")
    body = "\n".join(line for line in lines.splitlines() if line.startswith(("p:", "li:")))
    gold.write_text(header.replace("format = 1", 'format = 1\ncoverage = "body"') + "\n" + body + "\n")
    answer = Extraction("x", "post/pier", "ok", f"Front page of the Harbour Post\n{BODY}")
    found = scored(pages, answer)["x", "alignment"]
    assert found.parts == {"p": 40, "x-nav": 6, "repeated": 0, "invented": 0}
    monkeypatch.setattr("harness.case.infer_placed", lambda placed, body: ["p" if n in body else "x-other" for n in range(len(placed))])
    assert scored(pages, answer)["x", "alignment"] == found
    monkeypatch.setattr("harness.corpus.infer.VERSION", "inf:test")
    assert scored(pages, answer)["x", "alignment"].parts["x-other"] == 6
    assert scored(pages, answer)["x", "alignment"].counts == found.counts


def test_strangers_are_refused(pages: corpus.Corpus) -> None:
    with pytest.raises(StoreError, match="post/quay"):
        scored(pages, Extraction("x", "post/quay", "ok"))
    with pytest.raises(UsageError, match='Did you mean "shingles"'):
        score.metrics(["shingle"])
