"""Several corpora in one overview: tables written by hand, ranks and correlations counted by hand, and the command on two small corpora."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner
from scipy.stats import kendalltau, spearmanr

from harness import corpora
from harness.cli import cli
from harness.errors import NothingMatched, StoreError
from tests.corpora import write_corpus

HEAD = "extractor,category,version,metric,track,slice,pages,sites,precision,recall,f1,f1_low,f1_high\n"


def _table(path: Path, metric: str, **f1: float | str) -> tuple[str, Path]:
    kind = "f1" if metric == "alignment" else metric
    rows = [f"{name},{_category(name)},1,{metric},html,all,9,8,1,1,{value},0.1,0.9\n" for name, value in f1.items()]
    rows += [f"{name},extractor,1,{metric},html,type=news,9,8,1,1,0.5,0.1,0.9\n" for name in f1]
    rows += [f"{name},extractor,1,words,html,all,9,8,1,1,0.5,0.1,0.9\n" for name in f1]
    path.write_text(f"# {kind}|m:3|track:html|gold:{path.stem}  {kind}|m:3|track:text|gold:x\n{HEAD}{''.join(rows)}")
    return path.stem, path


def _category(name: str) -> str:
    return "baseline" if name == "floor" else "extractor"


@pytest.fixture
def overview(tmp_path: Path) -> corpora.Overview:
    return corpora.overview(
        [
            _table(tmp_path / "one.csv", "alignment", a=0.9, b=0.8, c=0.7, d=0.7, floor=0.6, only=0.99),
            _table(tmp_path / "two.csv", "segments", a=0.5, b=0.9, c=0.6, d=0.4, floor=0.3, only=""),
        ]
    )


def test_ranks_are_among_those_that_compete_in_all(overview: corpora.Overview) -> None:
    # By hand: one a 1, b 2, c and d share 3 and 4; two b 1, c 2, a 3, d 4. "only" has no figure in two, so it is ranked nowhere.
    ranks = {line.extractor: ([cell.rank if cell else None for cell in line.cells], line.mean_rank) for line in overview.lines}
    assert ranks == {
        "b": ([2, 1], 1.5), "a": ([1, 3], 2), "c": ([3.5, 2], 2.75), "d": ([3.5, 4], 3.75),
        "only": ([None, None], None), "floor": ([None, None], None),
    }  # fmt: skip
    assert list(ranks) == ["b", "a", "c", "d", "only", "floor"]
    assert (overview.ranked, [column.metric for column in overview.columns]) == (4, ["alignment", "segments"])
    assert [column.signature for column in overview.columns] == ["f1|m:3|track:html|gold:one", "segments|m:3|track:html|gold:two"]


def test_correlations_are_those_of_scipy(overview: corpora.Overview) -> None:
    one, two = [0.9, 0.8, 0.7, 0.7], [0.5, 0.9, 0.6, 0.4]
    (pair,) = overview.alike
    assert pair.rho == pytest.approx(spearmanr(one, two).statistic, abs=1e-12)
    assert pair.tau == pytest.approx(kendalltau(one, two).statistic, abs=1e-12)
    assert corpora.sentence(overview).startswith("6 systems on 2 corpora; 4 extractors compete in all of them. Between two corpora")


def test_the_files(overview: corpora.Overview, tmp_path: Path) -> None:
    page, text, table = corpora.write(tmp_path / "out", overview)
    assert "| b | 80.0 (10.0–90.0) [2] | 90.0 (10.0–90.0) [1] | 1.5 |" in text.read_text()
    assert "| only | 99.0 (10.0–90.0) | – | – |" in text.read_text()
    first, *rows = table.read_text().splitlines()
    assert first == "# one:f1|m:3|track:html|gold:one  two:segments|m:3|track:html|gold:two"
    assert [row["rank"] for row in csv.DictReader(rows) if row["extractor"] == "c"] == ["3.500000", "2.000000"]
    html = page.read_text()
    assert "<script" not in html
    assert "http" not in html
    assert "<td>80.0 (10.0–90.0) [2]</td>" in html
    assert [path.read_bytes() for path in corpora.write(tmp_path / "again", overview)] == [p.read_bytes() for p in (page, text, table)]


def test_too_few_to_correlate(tmp_path: Path) -> None:
    few = corpora.overview([_table(tmp_path / "one.csv", "alignment", a=0.9, b=0.8), _table(tmp_path / "two.csv", "alignment", a=1, b=0.8)])
    assert few.alike == ()
    assert corpora.sentence(few) == "2 systems on 2 corpora; 2 extractors compete in all of them."


def test_tables_that_are_none(tmp_path: Path) -> None:
    for text, message in (("a,b\n1,2\n", "is no table of scores"), ("# sig\n" + HEAD, "has no figure of alignment or segments")):
        (tmp_path / "bad.csv").write_text(text)
        with pytest.raises(StoreError, match=message):
            corpora.overview([("bad", tmp_path / "bad.csv")])
    with pytest.raises(StoreError, match="cannot be read"):
        corpora.overview([("none", tmp_path / "none.csv")])


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NothingMatched, match="is no corpus and has none"):
        corpora.found(Path())
    write_corpus(tmp_path, {"alpha": "Ayr"})
    write_corpus(tmp_path / "corpora/second", {"beta": "Bute"})
    (tmp_path / "corpora/empty").mkdir()
    assert corpora.found(Path()) == [Path(), Path("corpora/second")]
    done = CliRunner().invoke(cli, ["bench-corpora", "-x", "everything", "-x", "nothing", "-x", "trafilatura"])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [f"reports/corpora/{name}" for name in ("index.html", "overview.md", "overview.csv")]
    assert "systems on 2 corpora; 1 extractor competes in all of them." in done.stderr
