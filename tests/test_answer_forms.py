"""Answers in the forms of other benchmarks: what is written is read again, scored and marked, and what is no answer is refused."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness import answer_forms, answers, stages
from harness.answers import System
from harness.cli import cli
from harness.corpus import corpus as corpora
from harness.corpus.corpus import Corpus
from harness.errors import NothingMatched, StoreError, UsageError
from harness.progress import Progress
from harness.store import Cache, Run
from tests.corpora import HTML, write_corpus

TOOL = System("tool", "1.0", {"alpha/pier": "one\u2028two", "beta/pier": ""}, {"beta/pier": "timeout"})


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    write_corpus(tmp_path / "corpus", {"alpha": "Ayr", "beta": "Bute"})
    gold = tmp_path / "corpus/gold/beta/pier.txt"
    gold.write_text(gold.read_text().replace('labelled_by = "tests"', 'labelled_by = "tests"\nsource = "set/0b"'))
    return corpora.load(tmp_path / "corpus")


def test_jsonl_keeps_everything(corpus: Corpus, tmp_path: Path) -> None:
    assert answer_forms.write(tmp_path / "out", "jsonl", [TOOL], corpus) == [tmp_path / "out/tool.jsonl"]
    assert answer_forms.read(tmp_path / "out") == [TOOL]


def test_wcebs_form_names_pages_by_their_digest(corpus: Corpus, tmp_path: Path) -> None:
    (path,) = answer_forms.write(tmp_path / "out", "wceb", [TOOL], corpus)
    digest = hashlib.sha256(HTML.format(place="Ayr").encode()).hexdigest()
    assert path == tmp_path / "out/corpus/tool.jsonl"
    assert {"page_id": digest, "plaintext": "one\u2028two", "model": "tool"} in map(json.loads, path.read_text().split("\n")[:-1])
    (system,) = answer_forms.read(tmp_path / "out")
    rows = answers.extractions([system], corpus)
    assert [(row.page, row.status, row.text) for row in rows] == [("alpha/pier", "ok", "one\u2028two"), ("beta/pier", "ok", "")]


def test_aebs_form_names_pages_as_their_set_does(corpus: Corpus, tmp_path: Path) -> None:
    (path,) = answer_forms.write(tmp_path / "out", "aeb", [TOOL], corpus)
    assert json.loads(path.read_text()) == {
        "output": {"alpha/pier": {"articleBody": "one\u2028two"}, "0b": {"articleBody": ""}}, "version": "1.0",
    }  # fmt: skip
    assert answer_forms.read(path) == [System("tool", "1.0", {"alpha/pier": "one\u2028two", "0b": ""})]


def test_pages_of_the_same_bytes_share_an_answer(tmp_path: Path) -> None:
    corpus = corpora.load(write_corpus(tmp_path, {"alpha": "Ayr", "beta": "Ayr"}))
    digest = hashlib.sha256(HTML.format(place="Ayr").encode()).hexdigest()
    rows = answers.extractions([System("tool", "", {digest: "x"})], corpus)
    assert [(row.page, row.text) for row in rows] == [("alpha/pier", "x"), ("beta/pier", "x")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "is no JSON"),
        ("[]", "is no answer"),
        ('{"page": "a", "text": "x"}', "is no answer"),
        ('{"page_id": "a", "plaintext": null}', "is no answer"),
        ('{"extractor": "t", "page": "a", "text": "x", "status": "lost"}', "status is 'lost'"),
        ('{"extractor": "t", "page": "a", "text": "x", "status": "error"}', "a text only with"),
        ('{"extractor": "t", "page": "b", "text": "x"}', "answers b for the second time"),
        ('{"extractor": "t", "page": "a", "text": "x", "version": "2"}', "version of t is '2', further up ''"),
    ],
)
def test_lines_that_are_no_answers(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "bad.jsonl").write_text('{"extractor": "t", "page": "b", "text": "x"}\n\n' + line)
    with pytest.raises(StoreError, match=message) as caught:
        answer_forms.read(tmp_path)
    assert "bad.jsonl:3" in str(caught.value)


def test_files_that_are_no_answers(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(NothingMatched, match="has no answers"):
        answer_forms.read(tmp_path / "out")
    (tmp_path / "out/empty.jsonl").write_text("\n")
    with pytest.raises(StoreError, match="has no line"):
        answer_forms.read(tmp_path / "out")
    for name in ("one", "two"):
        answer_forms.write(tmp_path / "twice" / name, "jsonl", [TOOL], corpus)
    with pytest.raises(UsageError, match="has answers in another file too"):
        answer_forms.read(tmp_path / "twice")
    with pytest.raises(UsageError, match="cannot be the name of a file"):
        answer_forms.write(tmp_path, "jsonl", [System("a/b", "", {})], corpus)


def test_a_run_goes_out_and_comes_back_beside_itself(corpus: Corpus, tmp_path: Path) -> None:
    root = corpus.root
    work = stages.plan(root, ["everything"], [], Progress())
    with Cache(root) as cache:
        run = stages.run(work, cache, Progress())
    (everything,) = answers.of_run(run, ["everything"])
    other = System("model", "v2", everything.texts)
    answer_forms.write(tmp_path / "out", "jsonl", [other], corpus)
    runner = CliRunner()
    made = runner.invoke(cli, ["answers", "import", str(tmp_path / "out"), "--beside", run.id, "--corpus", str(root)])
    assert (made.exit_code, "1 system, imported, not run: model" in made.stderr) == (0, True)
    done = runner.invoke(cli, ["score", made.stdout.strip(), "--corpus", str(root), "--json"])
    assert done.exit_code == 0
    with Cache(root) as cache:
        summary = stages.score_run(root, Run(root, made.stdout.strip()), cache, Progress())
    versions = {entrant.name: entrant.version for entrant in summary.tracks[0].entrants}
    assert versions["model"] == "v2 (imported, not run)"
    assert "imported" not in versions["everything"]
    f1 = {row.extractor: row.f1 for row in summary.tracks[0].table()}
    assert f1["model"] == f1["everything"]
    for form in ("aeb", "wceb", "jsonl"):
        out = runner.invoke(
            cli,
            ["answers", "export", made.stdout.strip(), "--form", form, "-x", "model", "-o", str(tmp_path / form), "--corpus", str(root)],
        )
        assert (out.exit_code, len(out.stdout.splitlines())) == (0, 1)


def test_what_cannot_stand_beside_a_run(corpus: Corpus) -> None:
    run = answers.as_run([System("tool", "", {"alpha/pier": "x", "beta/pier": "y"})], corpus)
    with pytest.raises(UsageError, match="has an extractor tool of its own"):
        answers.as_run([TOOL], corpus, run)
    with pytest.raises(UsageError, match="has no answers of tol"):
        answers.of_run(run, ["tol"])
    alone = corpus.only(["alpha/pier"])
    with pytest.raises(UsageError, match="is not on the pages and gold of"):
        answers.as_run([System("other", "", {"alpha/pier": "x"})], alone, run)
