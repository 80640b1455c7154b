"""The corpus that comes along: in a checkout it is the checkout's, in an installed package a copy that may be written into."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from harness.corpus import corpus, shipped
from tests.corpora import write_corpus

CHECKOUT = Path(__file__).parents[2]


def test_a_checkout_is_its_own() -> None:
    assert shipped.root() == CHECKOUT


def test_this_folder_where_it_is_a_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shipped.here_or_shipped() == CHECKOUT
    write_corpus(tmp_path, {"post": "Greyholm"})
    assert shipped.here_or_shipped() == Path()


def test_what_a_package_carries_is_copied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(shipped, "_PACKAGE", tmp_path / "package")
    carried = write_corpus(tmp_path / "package" / "shipped", {"post": "Greyholm"})
    first = shipped.root()
    assert first.is_relative_to(tmp_path / "cache")
    assert corpus.load(first).digest == corpus.load(carried).digest
    (first / "mark").touch()
    assert (shipped.root() / "mark").is_file()
    write_corpus(carried, {"echo": "Saltmarsh"})
    assert len(corpus.load(shipped.root())) == 2  # another release's pages do not take the place of the first's
    assert len(corpus.load(first)) == 1
    assert [path.name for path in first.parent.iterdir() if path.name.startswith("tmp")] == []


def test_the_wheel_carries_every_page(tmp_path: Path) -> None:
    """The wheel, unpacked as pip does, finds the corpus without the checkout."""
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(tmp_path), str(CHECKOUT)], check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    ours = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "harness", "list", "pages", "--json", "--corpus", "shipped"]
    listed = subprocess.run(command, cwd=tmp_path, env=ours, check=True, capture_output=True, text=True)
    assert len(json.loads(listed.stdout)["pages"]) == len(corpus.load(CHECKOUT))
    [copy] = (tmp_path / "cache" / "clutterbench" / "shipped").iterdir()
    assert corpus.load(copy).digest == corpus.load(CHECKOUT).digest
