"""The stages together: what is part of every run, and what each leaves for the next."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from harness import reference, stages
from harness.corpus import infer
from harness.errors import UsageError
from harness.progress import Progress
from harness.store import Cache, Run
from harness.summary import Summary
from tests.corpora import write_corpus

REFERENCES = {"gold", "oracle", "best-run", "majority"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus", {"post": "Greyholm", "echo": "Saltmarsh Quay"})


def ran(root: Path, *names: str) -> Run:
    with Cache(root) as cache:
        return stages.run(stages.plan(root, names, [], Progress()), cache, Progress())


def scored(root: Path, found: Run, *metrics: str) -> Summary:
    with Cache(root) as cache:
        return stages.score_run(root, found, cache, Progress(), metrics)


def body_only(root: Path) -> None:
    """Take every label but the body's out of the gold, as imported sets have it."""
    for path in (root / "gold").rglob("*.txt"):
        lines = path.read_text().replace("format = 1", 'format = 1\ncoverage = "body"').splitlines()
        path.write_text("".join(f"{line}\n" for line in lines if not line.startswith(("x-", "title:"))))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["trafilatura"], ["trafilatura", "everything", "nothing"]),
        (["c4-lines"], ["c4-lines", "everything-lines", "nothing-lines"]),
        (["nothing"], ["nothing", "everything"]),
        (["everything", "nothing"], ["everything", "nothing"]),
        (["c4-lines", "readability"], ["c4-lines", "readability", "everything-lines", "nothing-lines", "everything", "nothing"]),
    ],
)
def test_the_floors_are_part_of_every_run(root: Path, names: list[str], expected: list[str]) -> None:
    assert [extractor.name for extractor in stages.plan(root, names, [], Progress()).extractors] == expected
    assert [extractor.name for extractor in stages.plan(root, names, [], Progress(), floors=False).extractors] == names


def test_a_run_of_all_names_each_extractor_once(root: Path) -> None:
    names = [extractor.name for extractor in stages.plan(root, [], [], Progress()).extractors]
    assert len(names) == len(set(names))
    assert {*reference.floors("html"), *reference.floors("text")} <= set(names)


def test_an_extractor_cannot_take_the_name_of_a_reference_row(root: Path, tmp_path: Path) -> None:
    plugin = tmp_path / "oracle.py"
    plugin.write_text('"""Knows."""\ndef extract(html, url):\n    return ""\n')
    with pytest.raises(UsageError, match='"oracle" is the name of a reference row'):
        stages.plan(root, [str(plugin)], [], Progress())


def test_reference_rows_are_entrants_that_do_not_compete(root: Path) -> None:
    found = ran(root, "justext", "c4-lines")
    before = (found.folder / "run.json").read_bytes()
    summary = scored(root, found)
    assert (found.folder / "run.json").read_bytes() == before
    for track, ending in zip(summary.tracks, ("", "-lines"), strict=True):
        entrants = {entrant.name: entrant for entrant in track.entrants if entrant.category == "reference"}
        assert set(entrants) == {name + ending for name in REFERENCES}
        assert all((entrant.version, entrant.reason) == ("", "") and entrant.about for entrant in entrants.values())
        for metric in summary.metrics:
            rows = {row.extractor: row for row in track.table(metric.name)}
            if rows:
                assert entrants.keys() <= rows.keys()
                assert all(rows[name].rank is None for name in entrants)
        headline = {row.extractor: row.f1 or 0.0 for row in track.table()}
        assert headline["gold" + ending] == 1
        (competing,) = (entrant.name for entrant in track.entrants if entrant.category == "extractor")
        assert headline["oracle" + ending] == headline[competing]
        assert competing in track.verdict


def test_the_oracle_is_the_best_of_each_page(root: Path) -> None:
    (track,) = scored(root, ran(root, "justext", "readability", "trafilatura"), "shingles", "alignment").tracks
    for row in track.page_rows:
        assert row.f1["oracle"] == max(row.f1[name] for name in ("justext", "readability", "trafilatura"))


def test_the_oracle_goes_by_the_headline_whatever_is_scored(root: Path) -> None:
    found = ran(root, "justext", "trafilatura")
    scored(root, found)
    oracle = (found.folder / "references.jsonl").read_bytes()
    assert {metric.name for metric in scored(root, found, "shingles").metrics} == {"shingles"}
    assert (found.folder / "references.jsonl").read_bytes() == oracle


def test_a_report_needs_only_what_scoring_left(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = ran(root, "justext")
    summary = scored(root, found)
    monkeypatch.setattr(stages, "write_report", lambda root, found, summary, selected, folder: summary)
    reported: object = stages.report_run(root, found)
    assert reported == summary
    assert summary.confusion is not None
    assert summary.confusion.pages == 2


def test_two_copies_of_a_page_have_their_own_reference_answers(tmp_path: Path) -> None:
    root = write_corpus(tmp_path / "copies", {"post": "Greyholm", "echo": "Greyholm"})
    found = ran(root, "justext")
    scored(root, found)
    rows = [(row["extractor"], row["page"]) for row in found.rows("references.jsonl")]
    assert sorted(rows) == [(name, f"{site}/pier") for name in sorted(REFERENCES) for site in ("echo", "post")]


def test_reference_answers_are_made_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = ran(root, "justext")
    first = scored(root, found)
    with monkeypatch.context() as patch:
        patch.setattr(reference, "references", lambda *_: pytest.fail("made again"))
        assert scored(root, found) == first
    # another set of answers has another oracle
    assert {row.extractor for row in scored(root, ran(root, "trafilatura")).tracks[0].table()} >= REFERENCES


def test_a_flattened_text_that_changed_is_other_work(root: Path) -> None:
    """The page's digest is of its HTML; the text stored beside it has lines and labels of its own."""
    text = root / "raw" / "post" / "pier.txt"
    for lines in ("Storm closes the fish pier", "Front page of the Harbour Post\nFerries run as usual from the south side of the bay."):
        text.write_text(lines)
        found = ran(root, "c4-lines")
        scored(root, found)
        words = {row["page"]: row["labels"]["text"] for row in found.rows("pages.jsonl")}["post/pier"]
        runs = {row["page"]: row["text"] for row in found.rows("references.jsonl") if row["extractor"] == "best-run-lines"}
        assert ("li" in words) == ("Ferries" in lines)
        assert runs["post/pier"] == (lines.split("\n")[1] if "Ferries" in lines else "")


def test_inferred_labels_are_marked(root: Path) -> None:
    full = scored(root, ran(root, "justext")).tracks[0]
    assert not any(row.inferred for row in (*full.leaks, *full.losses))
    assert infer.VERSION not in full.signatures["alignment"]
    body_only(root)
    found = ran(root, "justext")
    summary = scored(root, found)
    assert [row["inferred"] for row in found.rows("pages.jsonl")] == [True, True]
    assert summary.confusion is None
    (track,) = summary.tracks
    assert f"|{infer.VERSION}|" in track.signatures["alignment"]
    marked = {(row.label, row.inferred) for row in (*track.leaks, *track.losses)}
    assert marked == {("x-nav", True), ("x-trending", True), ("p", True), ("li", True), ("x-unlabelled", False)}


def test_labels_of_people_and_guesses_are_never_added_up(root: Path) -> None:
    body_only(root)
    write_corpus(root, {"gazette": "Far Point"})
    (track,) = scored(root, ran(root, "justext")).tracks
    menu = {row.inferred: (row.pages, row.tokens) for row in track.leaks if (row.extractor, row.label) == ("everything", "x-nav")}
    assert menu == {False: (1, 6), True: (2, 12)}


def test_the_confusion_is_stored_beside_the_scores(root: Path) -> None:
    found = ran(root, "nothing")
    scored(root, found)
    stored = json.loads((found.folder / "confusion.json").read_text())
    assert (stored["pages"], stored["sites"], stored["version"]) == (2, 2, infer.VERSION)
    assert ["x-nav", "x-nav", 12] in stored["tokens"]


def _phrases(root: Path, site: str) -> None:
    """Make a page's gold one of phrases alone."""
    path = root / "gold" / site / "pier.txt"
    header, _, _ = path.read_text().removeprefix("+++\n").partition("+++\n")
    path.write_text(f'+++\n{header}coverage = "snippets"\n+++\np: Boats will land\nx-other: Most read\n')


@pytest.mark.parametrize("sites", [("post",), ("post", "echo")])
def test_pages_with_phrases_alone_are_reported(root: Path, sites: tuple[str, ...]) -> None:
    for site in sites:
        _phrases(root, site)
    outcome = stages.bench(root, ["bte"], [], Progress())
    assert outcome.complete
    reports = root / "reports" if (root / "reports").exists() else outcome.paths[0].parent
    linked = {link for path in reports.glob("*.html") for link in re.findall(r'href="(p/[^"#]*)', path.read_text())}
    assert linked == {f"p/{site}_pier.html" for site in {"post", "echo"} - set(sites)}
    assert all((reports / link).exists() for link in linked)
    text = (reports / "summary.md").read_text()
    assert "| bte | " in text.partition("### Other metrics")[2]
    assert "No extractor ran" not in text + (reports / "pages.html").read_text()
    assert ("The gold of these pages is phrases" in text) == (len(sites) == 2)
    assert ("| extractor | F1" in text) == (len(sites) == 1)
