"""`clutterbench compare` as a user meets it: exit statuses, files, the baseline, and one sentence for what does not fit."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.cells import cell_len

from harness import cli
from harness.corpus.corpus import Corpus
from tests.compare.conftest import SITES, body, write_answers


@dataclass
class Result:
    status: int
    out: str
    err: str


Compare = Callable[..., Result]


@pytest.fixture
def compare(corpus: Corpus, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Compare:
    """Run the command in the corpus's folder, where good.json has the body and bad.json leaks the menu and loses the last line."""
    monkeypatch.chdir(corpus.root)
    for name, text in (("good", body()), ("bad", body(nav=True, last=False))):
        write_answers(corpus.root / f"{name}.json", {f"{site}/pier": text for site in SITES})

    def call(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as raised:
            cli.main(["compare", *arguments])
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        return Result(int(raised.value.code or 0), captured.out, captured.err)

    return call


def test_every_form(compare: Compare) -> None:
    text = compare("good.json", "bad.json")
    assert text.status == 0, text.err
    # 1 − 80/97 on each of three pages
    assert text.out.startswith("bad.json is 17.5 points of mean F1 below good.json on 3 pages of 3 sites")
    assert all(cell_len(line) <= 100 for line in text.out.splitlines())
    assert json.loads(compare("good.json", "bad.json", "--json").out)["f1"]["difference"] == pytest.approx(80 / 97 - 1)
    marked = compare("good.json", "bad.json", "--markdown", "--html", "out/page.html")
    assert marked.out.startswith("### `bad.json` is 17.5 points")
    assert "page: out/page.html" in marked.err
    assert Path("out/page.html").read_text().startswith("<!DOCTYPE html>")
    assert compare("good.json", "bad.json", "-p", "birch/pier").out.startswith(
        "bad.json is 17.5 points of mean F1 below good.json on 1 page"
    )


def test_the_gate_fails_on_a_regression_and_passes_on_a_harmless_change(compare: Compare) -> None:
    limits = ("--fail-under", "-0.5", "--fail-page", "-5", "--fail-leak", "x-nav:+2", "--fail-leak", "all:+1")
    write_answers(Path("harmless.json"), {f"{site}/pier": "Storm closes the fish pier\n" + body() for site in SITES})
    passed = compare("good.json", "harmless.json", *limits)
    assert (passed.status, passed.err.splitlines()[-1]) == (0, "the gate is passed")
    for form in ((), ("--json",), ("--markdown",)):
        failed = compare("good.json", "bad.json", *limits, *form)
        assert failed.status == 1
        said = " ".join((failed.out + failed.err).split())
        for limit in (
            "--fail-under allows −0.5",
            "--fail-page allows −5; so did 2 others",
            "--fail-leak allows +2",
            "--fail-leak allows +1",
        ):
            assert limit in said
    assert compare("bad.json", "good.json", *limits).status == 0


def test_the_gate_fails_though_nobody_reads_on(compare: Compare) -> None:
    assert compare("good.json", "bad.json").status == 0
    command = [sys.executable, "-m", "harness", "compare", "good.json", "bad.json", "--fail-under", "-0.5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 1
    assert "Exception" not in said


def test_a_baseline_is_written_on_request_and_never_lowered_silently(compare: Compare) -> None:
    file = Path("base.json")
    missing = compare("good.json", "--baseline", "base.json")
    assert (missing.status, file.exists()) == (2, False)
    assert "There is no baseline base.json yet. Make one with: --write-baseline" in missing.err
    assert compare("good.json", "--baseline", "base.json", "--write-baseline").status == 0
    good = file.read_bytes()
    only_compared = compare("bad.json", "--baseline", "base.json")
    assert only_compared.status == 0
    assert only_compared.out.startswith("bad.json is 17.5 points of mean F1 below base.json")
    assert compare("base.json", "bad.json").out == only_compared.out
    refused = compare("bad.json", "--baseline", "base.json", "--write-baseline")
    assert refused.status == 1
    assert "was not written: it holds a mean F1 of 100.0 and this is lower, 82.5" in refused.err
    gated = compare("bad.json", "--baseline", "base.json", "--write-baseline", "--lower-baseline", "--fail-under", "-0.5")
    assert (gated.status, "was not written, for the gate failed" in gated.err) == (1, True)
    assert file.read_bytes() == good
    assert compare("bad.json", "--baseline", "base.json", "--write-baseline", "--lower-baseline").status == 0
    assert compare("good.json", "--baseline", "base.json", "--write-baseline").status == 0
    # The same answers are the same file; only the name it had may differ.
    assert file.read_bytes() == good


def test_a_baseline_of_other_pages_is_neither_compared_nor_replaced_silently(compare: Compare) -> None:
    compare("good.json", "--baseline", "base.json", "--write-baseline")
    before = Path("base.json").read_bytes()
    gold = Path("gold/birch/pier.txt")
    gold.write_text(gold.read_text().replace("x-nav:", "x-search:"))
    refused = compare("good.json", "--baseline", "base.json")
    assert refused.status == 5
    assert re.search(
        r"signatures differ in gold \([0-9a-f]{12} and [0-9a-f]{12}: the pages or their labels are not the same\)", refused.err
    )
    unsure = compare("good.json", "--baseline", "base.json", "--write-baseline")
    assert (unsure.status, Path("base.json").read_bytes()) == (5, before)
    assert "--lower-baseline replaces what is stored without comparing" in unsure.err
    assert compare("good.json", "--baseline", "base.json", "--write-baseline", "--lower-baseline").status == 0
    assert compare("good.json", "--baseline", "base.json").status == 0


def test_other_tracks_are_refused_with_status_5(compare: Compare) -> None:
    refused = compare("nothing", "nothing-lines")
    assert refused.status == 5
    assert refused.err.splitlines()[-1].endswith("differ in track (html and text: one reads pages, the other text).")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("good.json",), 2, "Name two to compare, A and B; 1 was named."),
        (("good.json", "bad.json", "good.json"), 2, "3 were named"),
        (("good.json", "bad.json", "--baseline", "x.json"), 2, "Name the one that is compared with the baseline, B; 2 were named."),
        (("good.json", "bad.json", "--write-baseline"), 2, "needs --baseline FILE"),
        (("good.json", "--write-baseline"), 2, "needs --baseline FILE"),
        (("good.json", "bad.json", "--json", "--markdown"), 2, "either --json or --markdown"),
        (("good.json", "--baseline", "x.json", "--lower-baseline"), 2, "give both"),
        (("good.json", "bda.json"), 2, "bda.json does not exist"),
        (("good.json", "trafilatur"), 2, "Did you mean"),
        (("good.json", "abcdef012345"), 2, "is no run of this folder. See"),
        (("good.json", "bad.json", "-p", "birch/peer"), 2, 'Did you mean "birch/pier"'),
        (("good.json", "bad.json", "--fail-under", "nan"), 2, "no number of points"),
        (("good.json", "bad.json", "--fail-under", "much"), 2, "is not a valid float"),
        (("good.json", "bad.json", "--fail-leak", "x-nva:+2"), 2, 'Did you mean "x-nav"'),
        (("good.json", "bad.json", "--fail-leak", "x-cookie:+2"), 2, "could never fail"),
        (("nothing", "trafilatura @ ./no"), 2, "no is no wheel and no checkout"),
        (("nothing", "everything", "--corpus", "nowhere"), 2, "is no corpus"),
    ],
)
def test_one_sentence_for_what_does_not_fit(compare: Compare, arguments: tuple[str, ...], status: int, said: str) -> None:
    result = compare(*arguments)
    assert (result.status, result.out) == (status, "")
    assert said in result.err
    assert not list(Path().glob("x.json"))


def test_what_cannot_be_installed_is_no_silent_zero(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_NO_CACHE", "1")
    result = compare("nothing", "justext==0.0.1")
    assert (result.status, result.out) == (1, "")
    assert "justext==0.0.1 did not run: " in result.err


def test_outside_a_corpus_the_shipped_one_is_asked(compare: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    from harness.corpus import shipped

    monkeypatch.setattr(shipped, "root", lambda: tmp_path)
    monkeypatch.chdir(elsewhere)
    assert compare("../good.json", "../bad.json").out.startswith("../bad.json is 17.5 points")


def test_the_documented_workflow_has_ten_lines_and_options_that_exist() -> None:
    text = (Path(__file__).parents[2] / "docs" / "gate.md").read_text(encoding="utf-8")
    (workflow,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert len(workflow.splitlines()) <= 10
    known = {name for option in cli.compare.params for name in option.opts}
    used = set(re.findall(r"(?<=\s)--[a-z-]+", "\n".join(re.findall(r"clutterbench compare.*", text))))
    assert used
    assert used <= known
