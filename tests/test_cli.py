"""The command line as a user meets it: streams, exit statuses, and one clear sentence for bad input."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness import cli
from harness.corpus.corpus import MAX_PAGE_BYTES
from tests.corpora import write_corpus


@dataclass
class Result:
    status: int
    out: str
    err: str


Clutterbench = Callable[..., Result]


@pytest.fixture
def clutterbench(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Clutterbench:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as raised:
            cli.main(list(arguments))
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        return Result(int(raised.value.code or 0), captured.out, captured.err)

    return call


def report_folder(result: Result) -> Path:
    """Return where a bench says that it wrote: a run of named extractors keeps its report to itself."""
    return Path(result.err.split("report: ")[-1].strip()).parent


def written(result: Result) -> dict[Path, bytes]:
    """Every file of the report that a bench wrote, by its name below the report's folder."""
    folder = report_folder(result)
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return write_corpus(tmp_path, {"post": "Greyholm", "echo": "Saltmarsh Quay"})


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    code = "import sys\nfrom harness import cli\ntry: cli.main(['--help'])\nexcept SystemExit: pass\n"
    code += "print(sorted({'numpy', 'pandas', 'matplotlib', 'lxml', 'trafilatura'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for command in ("run", "score", "report", "bench", "compare", "try", "gold", "import", "list"):
        assert f"  {command} " in done.stdout
    assert done.stdout.endswith("[]\n")


def test_run_score_report_one_after_the_other(clutterbench: Clutterbench, pages: Path) -> None:
    ran = clutterbench("run", "-x", "everything", "-x", "nothing")
    assert ran.status == 0, ran.err
    run_id = ran.out.strip()
    scored = clutterbench("score", run_id)
    assert scored.status == 0, scored.err
    assert "everything" in scored.out
    assert all(len(line) <= 100 for line in scored.out.splitlines())
    reported = clutterbench("report")
    assert reported.status == 0, reported.err
    assert {Path(line).name for line in reported.out.split()} >= {"index.html", "summary.md", "scores.csv", "leaks.csv"}
    assert all(Path(line).is_file() for line in reported.out.splitlines())
    assert not (pages / "reports").exists()  # two named extractors are not the corpus's result
    assert clutterbench("report", "-o", "elsewhere").status == 0
    assert (pages / "elsewhere" / "index.html").is_file()
    listed = clutterbench("list", "runs", "--json")
    assert json.loads(listed.out)["runs"][0]["run"] == run_id


def test_bench_does_nothing_twice_and_one_page_when_one_is_added(clutterbench: Clutterbench, pages: Path) -> None:
    names = ("-x", "everything", "-x", "nothing")
    first = clutterbench("bench", *names)
    assert first.status == 0, first.err
    assert "extract: 4 of 4 done" in first.err
    files = written(first)
    again = clutterbench("bench", *names)
    assert "nothing changed" in again.err
    assert again.out == first.out
    shutil.rmtree(pages / ".clutterbench")
    anew = clutterbench("bench", *names)
    assert written(anew) == files
    write_corpus(pages, {"gazette": "Far Point"})
    assert "extract: 2 of 2 done, 4 kept from before" in _flat(clutterbench("bench", *names).err)


def _flat(text: str) -> str:
    return re.sub(r" in \d+\.\d s", "", text)


def test_a_report_that_was_touched_is_made_again(clutterbench: Clutterbench, pages: Path) -> None:
    path = report_folder(clutterbench("bench", "-x", "nothing")) / "scores.csv"
    before = path.read_bytes()
    path.write_text("edited")
    clutterbench("bench", "-x", "nothing")
    assert path.read_bytes() == before


def test_a_version_that_cannot_be_installed_is_a_row_and_status_1(clutterbench: Clutterbench, pages: Path) -> None:
    result = clutterbench("bench", "-x", "nothing", "-x", "justext==0.0.0")
    assert result.status == 1
    assert "justext==0.0.0" in result.out
    assert "did not run" in (report_folder(result) / "summary.md").read_text()


def test_try_compares_answers_and_has_a_json_form(clutterbench: Clutterbench, pages: Path) -> None:
    page = str(pages / "raw" / "post" / "pier.html")
    shown = clutterbench("try", page)
    assert shown.status == 0, shown.err
    assert "trafilatura" in shown.out
    assert "The old fish pier was closed" in shown.out
    as_json = clutterbench("try", page, "--json", "-x", "everything")
    (row,) = json.loads(as_json.out)
    assert row.keys() == {"file", "extractor", "status", "text"}
    assert (row["file"], row["extractor"], row["status"]) == (page, "everything", "ok")


def test_try_reads_flattened_text_and_standard_input(clutterbench: Clutterbench, pages: Path) -> None:
    text = pages / "flat.txt"
    text.write_text("Home\nThe old fish pier was closed on Friday after waves broke two of its piles, the board said.\n")
    result = clutterbench("try", str(text), "--json", "-x", "c4-lines")
    assert json.loads(result.out)[0]["text"].startswith("The old fish pier")
    done = subprocess.run(
        [sys.executable, "-m", "harness", "try", "-", "--json", "-x", "c4-lines"], input=text.read_bytes(), capture_output=True, check=True
    )
    assert json.loads(done.stdout)[0]["text"].startswith("The old fish pier")
    wrong = clutterbench("try", str(text), "-x", "readability")
    assert wrong.status == 2
    assert "html track" in wrong.err


def test_try_on_the_specimens(clutterbench: Clutterbench, shared: Path) -> None:
    specimens = [str(path) for path in sorted((shared / "specimens").glob("*.txt"))]
    result = clutterbench("try", *specimens, "--json")
    assert result.status == 0, result.err
    rows = json.loads(result.out)
    assert {row["file"] for row in rows} == set(specimens)
    assert all(row["status"] == "ok" and row["text"] for row in rows)


def _remove(path: Path) -> object:
    path.unlink()
    return path


def _empty(root: Path) -> None:
    for folder in ("raw", "gold"):
        shutil.rmtree(root / folder)
        (root / folder).mkdir()


def _leave(root: Path) -> None:
    """Spoil nothing: the command itself is wrong."""


Spoil = Callable[[Path], object]

BAD_INPUT: dict[str, tuple[Spoil, tuple[str, ...], int, str]] = {
    "empty gold": (lambda root: (root / "gold/post/pier.txt").write_text(""), ("bench",), 1, "E001 The header is missing"),
    "gold without raw": (lambda root: _remove(root / "raw/post/pier.html"), ("bench",), 1, "this gold has no page"),
    "raw without gold": (lambda root: _remove(root / "gold/post/pier.txt"), ("bench",), 1, "this page has no gold"),
    "a 100-MB page": (lambda root: (root / "raw/post/pier.html").write_bytes(b"x" * 100_000_000), ("bench",), 1, "the page is 95.4 MB"),
    "a page of NULs": (lambda root: (root / "raw/post/pier.html").write_bytes(b"\0" * 5000), ("bench",), 1, "only NUL bytes"),
    "a label typo": (
        lambda root: (root / "gold/post/pier.txt").write_text((root / "gold/post/pier.txt").read_text().replace("x-nav:", "nav:")),
        ("bench",), 1, 'pier.txt:13: E012 "nav" is not a label. Did you mean "x-nav"?',
    ),
    "a page id with capitals": (lambda root: (root / "raw/post/Pier.html").write_text("x"), ("bench",), 1, "is not a page id"),
    "an unknown extractor": (_leave, ("bench", "-x", "trafilatur"), 2, "Did you mean"),
    "an unknown page": (_leave, ("bench", "-p", "post/peer"), 2, 'Did you mean "post/pier"?'),
    "no corpus": (_leave, ("bench", "--corpus", "nowhere"), 2, "nowhere is no corpus"),
    "an empty corpus": (_empty, ("bench",), 4, "has no pages"),
    "reports is a file": (lambda root: (root / "reports").write_text("x"), ("bench",), 1, "cannot be written"),
    "an unknown run": (_leave, ("score", "zz"), 2, "is no run"),
    "no run yet": (_leave, ("report",), 2, "has no run yet"),
    "an unknown data set": (_leave, ("import", "eab", "--from", "."), 2, 'Did you mean "aeb"?'),
    "a file that is not there": (_leave, ("try", "nowhere.html"), 2, "nowhere.html cannot be read"),
    "an unknown option": (_leave, ("bench", "--fast"), 2, "No such option"),
    "changed gold between stages": (_leave, ("score",), 2, "has no run yet"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_one_clear_sentence(clutterbench: Clutterbench, pages: Path, name: str) -> None:
    spoil, arguments, status, message = BAD_INPUT[name]
    spoil(pages)
    result = clutterbench(*arguments)
    assert message in result.err
    assert result.status == status
    beside = ("extract:", "score:", "report:", "Usage", "Try ")
    assert len([line for line in result.err.splitlines() if line and not line.startswith(beside)]) == 1


def test_two_names_for_the_same_answers_are_two_rows(clutterbench: Clutterbench, pages: Path) -> None:
    from harness import __version__

    for names in (("c4-lines",), (f"c4-lines=={__version__}",), ("c4-lines", f"c4-lines=={__version__}")):
        result = clutterbench("bench", *(word for name in names for word in ("-x", name)))
        assert result.status == 0, result.err
        assert all(any(line.split()[:1] == [name] for line in result.out.splitlines()) for name in names)


def test_a_look_at_one_metric_does_not_replace_the_scores(clutterbench: Clutterbench, pages: Path) -> None:
    clutterbench("bench")
    before = (pages / "reports" / "summary.md").read_bytes()
    looked = clutterbench("score", "-m", "shingles")
    assert "html track, shingles" in looked.out
    assert clutterbench("report").status == 0
    assert (pages / "reports" / "summary.md").read_bytes() == before


def test_a_folder_that_is_no_corpus_stays_untouched(clutterbench: Clutterbench, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert clutterbench("bench", "--corpus", "other").status == 2
    assert clutterbench("score", "--corpus", "typo").status == 2
    assert list((tmp_path / "other").iterdir()) == []
    assert not (tmp_path / "typo").exists()


def test_html_extractors_on_pages_of_text_match_nothing(clutterbench: Clutterbench, pages: Path) -> None:
    for site in ("post", "echo"):
        path = pages / "raw" / site / "pier.html"
        gold = pages / "gold" / site / "pier.txt"
        lines = [line.partition(": ")[2] for line in gold.read_text().split("+++\n")[2].splitlines()]
        path.with_suffix(".txt").write_text("\n".join(lines))
        path.unlink()
    digests = [hashlib.sha256((pages / "raw" / site / "pier.txt").read_bytes()).hexdigest() for site in ("post", "echo")]
    for site, digest in zip(("post", "echo"), digests, strict=True):
        gold = pages / "gold" / site / "pier.txt"
        text = gold.read_text().replace("x-see-also+:", "x-see-also:")
        gold.write_text(re.sub(r'raw_sha256 = "\w+"', f'raw_sha256 = "{digest}"', text))
    result = clutterbench("bench", "-x", "readability")
    assert result.status == 4, result.err
    assert clutterbench("bench", "-x", "c4-lines").status == 0


def test_a_reader_that_goes_away_is_no_error(pages: Path) -> None:
    line = f"{sys.executable} -m harness list labels | head -1 ; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_limit_of_a_page_is_what_the_message_says() -> None:
    assert MAX_PAGE_BYTES == 16 * 2**20


def test_gold_that_changed_since_the_run_is_refused(clutterbench: Clutterbench, pages: Path) -> None:
    clutterbench("run", "-x", "nothing")
    path = pages / "gold" / "post" / "pier.txt"
    path.write_text(path.read_text() + "# a note\n")
    result = clutterbench("score")
    assert result.status == 1
    assert "changed since run" in result.err


def test_gold_new_check_show(clutterbench: Clutterbench, pages: Path) -> None:
    (pages / "raw" / "post" / "quay.html").write_text("<html lang=de><p>Der alte Fischsteg bleibt zu.</p><p>Werbung</p></html>")
    made = clutterbench("gold", "new", "raw/post/quay.html", "--url", "https://post.example/quay")
    assert made.status == 0
    assert made.out.strip() == "gold/post/quay.txt"
    text = (pages / "gold/post/quay.txt").read_text()
    assert 'lang = "de"' in text
    assert "?: Der alte Fischsteg bleibt zu.\n?: Werbung\n" in text
    again = clutterbench("gold", "new", "raw/post/quay.html")
    assert again.status == 2
    assert "is not overwritten" in again.err
    unfinished = clutterbench("gold", "check", "post/quay")
    assert unfinished.status == 1
    assert "E011 Still unlabelled" in unfinished.out
    assert "::error file=gold/post/quay.txt" in clutterbench("gold", "check", "post/quay", "--format", "github").out
    assert json.loads(clutterbench("gold", "check", "post/quay", "--json").out)["findings"]
    shown = clutterbench("gold", "show", "post/pier")
    assert "body: 51 words (p 40, li 11)" in shown.out


@pytest.mark.parametrize("what", ["extractors", "metrics", "pages", "labels", "datasets", "runs"])
def test_lists(clutterbench: Clutterbench, pages: Path, what: str) -> None:
    assert clutterbench("list", what).status == 0
    rows = json.loads(clutterbench("list", what, "--json").out)[what]
    long = clutterbench("list", what, "-v").out
    assert all(str(next(iter(row.values()))) in long for row in rows)
    if what == "extractors":
        core = "trafilatura trafilatura-precision trafilatura-recall readability justext justext-lines c4-lines everything nothing"
        assert set(core.split()) <= {row["name"] for row in rows}


def test_time_stores_costs_apart_from_scores(clutterbench: Clutterbench, pages: Path) -> None:
    result = clutterbench("time", "-x", "everything", "-x", "justext", "--rounds", "1", "--pages", "2", "--reference", "everything")
    assert result.status == 0
    assert [line.split()[0] for line in result.out.splitlines()[1:]] in (["everything", "justext"], ["justext", "everything"])
    assert "CPU × is to the reference run before and after (everything" in result.err
    stored = json.loads((pages / "benchmarks" / "cost.json").read_text())
    assert {row["extractor"] for row in stored["costs"]} == {"everything", "justext"}
    assert not (pages / "reports").exists()


def test_stress_shows_each_odd_page(clutterbench: Clutterbench, pages: Path) -> None:
    result = clutterbench("stress", "-x", "nothing")
    assert result.status == 0
    header, row = result.out.splitlines()
    assert "5,000 nested divs" in header
    assert row.split()[0] == "nothing"
    assert set(row.split()[1:]) == {"none"}
    stored = pages / "benchmarks" / "robustness.json"
    before = stored.read_bytes()
    # A look at another one does not lose what is stored; a damaged file is replaced.
    some = clutterbench("stress", "-x", "everything")
    assert "not stored: benchmarks/robustness.json holds extractors that did not run now" in some.err
    assert stored.read_bytes() == before
    stored.write_text("{")
    assert clutterbench("stress", "-x", "everything").status == 0
    assert "everything" in stored.read_text(encoding="utf-8")


def test_envs_are_listed_and_pruned(clutterbench: Clutterbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    old = tmp_path / "cache" / "clutterbench" / "envs" / "0123"
    old.mkdir(parents=True)
    (old / "recipe.json").write_text('{"made_of": "tool==0.9"}')
    rows = json.loads(clutterbench("envs", "list", "--json").out)["environments"]
    assert {"for": "html2text", "state": "not built", "MB": 0.0, "made of": "html2text==2025.4.15"} in rows
    assert rows[-1] == {"for": "", "state": "not needed", "MB": 0.0, "made of": "tool==0.9"}
    result = clutterbench("envs", "prune")
    assert (result.status, result.out) == (0, "tool==0.9\n")
    assert not old.exists()
    assert clutterbench("envs", "build", "-x", "trafilatura").err.strip() == "all environments are built"


def test_list_extractors_says_licence_and_builds_nothing(
    clutterbench: Clutterbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rows = {row["name"]: row for row in json.loads(clutterbench("list", "extractors", "--json").out)["extractors"]}
    assert (rows["html2text"]["version"], rows["html2text"]["licence"], rows["html2text"]["default"]) == ("not built yet", "GPL-3.0", "yes")
    assert (rows["readability-js"]["package"], rows["readability-js"]["default"]) == ("@mozilla/readability", "no")
    assert rows["trafilatura"]["runs with"] == "the project's packages"
    assert not (tmp_path / "cache").exists()


def test_gold_is_kept_in_order_carried_over_and_compared(clutterbench: Clutterbench, pages: Path) -> None:
    assert clutterbench("gold", "fmt").err == "all in order\n"
    gold = pages / "gold/post/pier.txt"
    text = gold.read_text(encoding="utf-8")
    gold.write_text(text.replace("title: ", "title:   "), encoding="utf-8")
    checked = clutterbench("gold", "fmt", "--check")
    assert (checked.status, checked.out, checked.err) == (1, "gold/post/pier.txt\n", "1 file not in order\n")
    assert clutterbench("gold", "fmt").err == "1 file put in order\n"
    assert gold.read_text(encoding="utf-8") == text

    raw = pages / "raw/post/pier.html"
    raw.write_text(raw.read_text(encoding="utf-8").replace("<h1>", "<p>Sport</p><h1>"), encoding="utf-8")
    found = clutterbench("gold", "check")
    assert found.status == 1
    assert "E005" in found.out
    assert "run: clutterbench gold rebase post/pier" in found.out
    carried = clutterbench("gold", "rebase", "post/pier")
    assert carried.out == "gold/post/pier.txt: 8 blocks as before, 0 with changed words, 1 new\n  new      Sport\n"
    gold.write_text(gold.read_text(encoding="utf-8").replace("?: Sport", "x-nav: Sport"), encoding="utf-8")
    assert clutterbench("gold", "check").status == 0
    assert "nothing was changed" in clutterbench("gold", "rebase", "post/pier").err

    assert clutterbench("gold", "agree").status == 4
    gold.with_name("pier.b.txt").write_bytes(gold.read_bytes())
    assert "body, token F1 (mean of pages)     1.000 (1.000 to 1.000)" in clutterbench("gold", "agree").out
    assert json.loads(clutterbench("gold", "agree", "--json").out)["body_f1"]["value"] == 1
