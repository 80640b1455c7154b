"""Stored answers in AEB's form: read, written, mapped to pages, and scored like a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness import answers
from harness.answers import System
from harness.case import Case
from harness.corpus import corpus as corpora
from harness.corpus.corpus import Corpus
from harness.datasets import import_dataset
from harness.errors import NothingMatched, StoreError, UsageError
from harness.metrics import indel, shingles
from tests.corpora import write_corpus


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    write_corpus(tmp_path, {"alpha": "Ayr", "beta": "Bute"})
    gold = tmp_path / "gold" / "beta" / "pier.txt"
    gold.write_text(gold.read_text().replace('labelled_by = "tests"', 'labelled_by = "tests"\nsource = "set/0b"'))
    return corpora.load(tmp_path)


def test_both_forms_of_aeb_are_read(tmp_path: Path) -> None:
    # AEB's files of 2019 are page → answer; later ones have the answers under "output" beside the tool's version.
    (tmp_path / "old.json").write_text('{"1": {"articleBody": "text", "url": "u"}, "2": {"articleBody": null}, "3": {}}')
    (tmp_path / "new.json").write_text('{"output": {"1": {"articleBody": "é"}}, "version": "2.0.0"}', encoding="utf-8")
    assert answers.read(tmp_path) == [System("new", "2.0.0", {"1": "é"}), System("old", "", {"1": "text", "2": "", "3": ""})]
    assert answers.read(tmp_path / "new.json") == [System("new", "2.0.0", {"1": "é"})]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    system = System("tool", "1.2", {"a/1": "one\ntwo \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "b/2": ""})
    answers.write(tmp_path / "tool.json", system)
    assert answers.read(tmp_path) == [system]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "expected an object of page id"),
        ("{", "is no JSON"),
        ('{"1": {"articleBody": 3}}', "1 has no text"),
        ('{"1": null}', "1 has no text"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_holds_no_answers(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "bad.json").write_text(content)
    with pytest.raises(StoreError, match=message) as caught:
        answers.read(tmp_path)
    assert "bad.json" in str(caught.value)


def test_half_a_surrogate_pair_can_be_stored(tmp_path: Path) -> None:
    (tmp_path / "half.json").write_text('{"1": {"articleBody": "a\\ud83d b"}, "2": {"articleBody": "\\ud83d\\ude00"}}')
    (system,) = answers.read(tmp_path)
    assert system.texts == {"1": "a\ufffd b", "2": "\U0001f600"}
    answers.write(tmp_path / "again.json", system)


def test_no_files(tmp_path: Path) -> None:
    with pytest.raises(NothingMatched, match="has no answers"):
        answers.read(tmp_path)
    with pytest.raises(UsageError, match="does not exist"):
        answers.read(tmp_path / "none.json")


def test_pages_go_by_their_id_or_by_that_of_their_set(corpus: Corpus) -> None:
    found = answers.extractions([System("tool", "", {"0b": "of beta", "alpha/pier": "of alpha"})], corpus)
    assert [(row.page, row.text, row.status) for row in found] == [("alpha/pier", "of alpha", "ok"), ("beta/pier", "of beta", "ok")]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"alpha/pier": "x"}, r"1 of 2 pages have no answer \(first: beta/pier\)"),
        ({"alpha/pier": "x", "0b": "y", "0c": "z"}, "0c is no page of"),
        ({"alpha/pier": "x", "0b": "y", "beta/pier": "z"}, "beta/pier is answered twice"),
    ],
)
def test_answers_must_be_to_the_corpus(corpus: Corpus, texts: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        answers.extractions([System("tool", "", texts)], corpus)


def test_a_run_of_stored_answers(corpus: Corpus) -> None:
    systems = [System("tool", "1.0", {"alpha/pier": "x", "0b": ""})]
    run = answers.as_run(systems, corpus)
    facts = run.facts()
    assert facts["gold"] == corpus.digest
    assert facts["pages"] == ["alpha/pier", "beta/pier"]
    assert [(row["name"], row["version"], row["did_not_run"]) for row in facts["extractors"]] == [("tool", "1.0", "")]
    assert [(row.page, row.text) for row in run.extractions()] == [("alpha/pier", "x"), ("beta/pier", "")]
    assert answers.as_run(systems, corpus).id == run.id
    assert answers.as_run([System("tool", "1.0", {"alpha/pier": "y", "0b": ""})], corpus).id != run.id
    assert json.loads((run.folder / "run.json").read_text())["segmenter"]


def test_aebs_answers_score_on_the_imported_corpus_as_aeb_scores_them(shared: Path, tmp_path: Path) -> None:
    """Through import, answer files and page ids: the figures of the oracles, page by page."""
    import_dataset("aeb", shared / "corpora" / "aeb", tmp_path)
    corpus = corpora.load(tmp_path)
    systems = answers.read(shared / "corpora" / "aeb" / "output" / "trafilatura.json")
    texts = {row.page: row.text for row in answers.extractions(systems, corpus)}
    ratios = json.loads((shared / "oracles" / "wceb-indel.json").read_text())["systems"]["trafilatura"]
    pages = json.loads((shared / "oracles" / "aeb-shingles.json").read_text())["systems"]["trafilatura"]["pages"]
    for page, gold in corpus:
        name = str(gold.header["source"]).removeprefix("aeb/")
        case = Case(page, gold)
        assert indel.measure(case, texts[page.id]).counts.f1 == pytest.approx(ratios[name][0], abs=1e-9)
        counts = shingles.measure(case, texts[page.id]).counts
        hit, wrong, missed = pages[name][:3]
        total = counts.predicted + counts.expected - counts.hits
        found = [counts.hits / total, (counts.predicted - counts.hits) / total, (counts.expected - counts.hits) / total]
        assert found == pytest.approx([hit, wrong, missed], abs=1e-9)
