"""AEB's importer: what its publisher's folder becomes, and what is refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from harness.corpus import check, corpus
from harness.datasets import import_dataset, registered_domain, site_of
from harness.errors import ImportRefused, UsageError

PAGE = b"<html><body><p>One two three.</p></body></html>"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "publisher"
    (folder / "html").mkdir(parents=True)
    truth = {}
    for name in ("a" * 64, "b" * 64):
        truth[name] = {"articleBody": "One two three.\n\nFour.", "url": f"https://www.{name[0]}news.co.uk/x"}
        (folder / "html" / f"{name}.html.gz").write_bytes(gzip.compress(PAGE))
    (folder / "ground-truth.json").write_text(json.dumps(truth))
    return folder


def test_layout_and_header(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "corpus"
    assert import_dataset("aeb", source, target).pages == 2
    page, gold = corpus.load(target).entries[0].load()
    assert page.id == "anews-co-uk/aaaaaaaaaaaaaaaa"
    assert page.html == PAGE.decode()
    assert gold.header["source"] == "aeb/" + "a" * 64
    assert (gold.site, gold.coverage, gold.body) == ("anews.co.uk", "body", "One two three.\nFour.")
    assert check.check(target) == []


def test_importing_again_changes_nothing_and_keeps_what_is_beside(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "corpus"
    import_dataset("aeb", source, target)
    digest = corpus.load(target).digest
    (target / "reports").mkdir()
    import_dataset("aeb", source, target)
    assert corpus.load(target).digest == digest
    assert sorted(path.name for path in target.iterdir()) == ["gold", "import.json", "raw", "reports"]


URLS = {"no address": "ftp://x/y", "no host": "https://", "bad host": "http://[::1/x", "blank in the url": "https://a b.example/"}


def _snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "where", ["gold/post/pier.txt", "gold/anews-co-uk/notes.md", "gold/anews-co-uk/aaaaaaaaaaaaaaaa.b.txt", "raw/post/p.html"]
)
@pytest.mark.parametrize("imported_before", [False, True])
def test_work_by_hand_is_never_replaced(source: Path, tmp_path: Path, where: str, imported_before: bool) -> None:
    target = tmp_path / "corpus"
    if imported_before:
        import_dataset("aeb", source, target)
    path = target / where
    path.parent.mkdir(parents=True, exist_ok=True)
    copied = target / "gold/anews-co-uk/aaaaaaaaaaaaaaaa.txt"
    path.write_bytes(copied.read_bytes() if path.name.endswith(".b.txt") and imported_before else b"by hand")
    before = _snapshot(target)
    with pytest.raises(ImportRefused, match=rf"{path.name}: this file .* importing replaces raw/ and gold/; nothing was imported.*--to"):
        import_dataset("aeb", source, target)
    assert _snapshot(target) == before


@pytest.mark.parametrize("source_key", ["", 'source = "other/1"\n', 'source = "aebx/1"\n', "source = 5\n"])
def test_gold_of_another_source_is_never_replaced(source: Path, tmp_path: Path, source_key: str) -> None:
    target = tmp_path / "corpus"
    path = target / "gold/post/pier.txt"
    path.parent.mkdir(parents=True)
    path.write_text(f"+++\nformat = 1\n{source_key}+++\np: One\n")
    before = _snapshot(target)
    with pytest.raises(ImportRefused, match=r"pier\.txt: this file is no gold of an earlier import of aeb"):
        import_dataset("aeb", source, target)
    assert _snapshot(target) == before


def test_a_linked_folder_is_never_replaced(source: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "gold").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ImportRefused, match="gold: it is no folder of a corpus"):
        import_dataset("aeb", source, tmp_path / "corpus")
    assert (tmp_path / "corpus" / "gold").is_symlink()


def _edit(source: Path, change: object) -> None:
    path = source / "ground-truth.json"
    truth = json.loads(path.read_text())
    assert callable(change)
    change(truth)
    path.write_text(json.dumps(truth))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing page", "1 pages of ground-truth.json are not in html/"),
        ("missing gold", "1 pages of html/ are not in ground-truth.json"),
        ("empty gold", "no articleBody"),
        ("no url", "no url"),
        ("torn gzip", "does not decompress"),
        ("twice", "stands there twice"),
        ("no object", "ground-truth.json holds a list, not an object"),
        ("no address", 'url is "ftp://x/y"; expected a web address'),
        ("no host", 'url is "https://"; expected a web address'),
        ("bad host", r'url is "http://\[::1/x"; expected a web address'),
        ("blank in the url", 'url is "https://a b.example/"; expected a web address'),
        ("deep", "nested too deeply"),
        ("no utf-8", "codec can't decode byte"),
        ("no json", "nothing was imported"),
    ],
)
def test_what_does_not_add_up_is_refused_and_nothing_written(source: Path, tmp_path: Path, name: str, message: str) -> None:
    first = source / "html" / ("a" * 64 + ".html.gz")
    truth = source / "ground-truth.json"
    if name == "missing page":
        first.unlink()
    elif name == "missing gold":
        _edit(source, lambda found: found.pop("a" * 64))
    elif name == "empty gold":
        _edit(source, lambda found: found["a" * 64].update(articleBody=" "))
    elif name == "no url":
        _edit(source, lambda found: found["a" * 64].pop("url"))
    elif name == "torn gzip":
        first.write_bytes(first.read_bytes()[:-9])
    elif name == "no object":
        _edit(source, lambda found: found.update({"a" * 64: []}))
    elif name in URLS:
        _edit(source, lambda found: found["a" * 64].update(url=URLS[name]))
    elif name == "deep":
        truth.write_text("[" * 100_000)
    elif name == "no utf-8":
        truth.write_bytes(b'{"\xff"')
    elif name == "twice":
        truth.write_text(truth.read_text()[:-1] + "," + truth.read_text()[1:])
    else:
        truth.write_text("{")
    with pytest.raises(ImportRefused, match=message):
        import_dataset("aeb", source, tmp_path / "corpus")
    assert not (tmp_path / "corpus").exists()


def test_wrong_names() -> None:
    with pytest.raises(UsageError, match="no importer"):
        import_dataset("abe", Path(), Path())
    with pytest.raises(UsageError, match=r"ground-truth\.json is missing"):
        import_dataset("aeb", Path("nowhere"), Path())


def test_sites_are_registered_domains() -> None:
    # public suffix list: co.uk is a suffix, substack.com (private section) is one publisher here
    assert registered_domain("https://news.bbc.co.uk/a") == "bbc.co.uk"
    assert registered_domain("https://someone.substack.com/p/x") == "substack.com"
    assert registered_domain("https://fish.example/x") == "fish.example"
    assert site_of("https://www.wsj.com/articles/x") == "wsj-com"


def test_the_real_one(shared: Path, tmp_path: Path) -> None:
    """Count, first, tenth and last page are those of AEB at 4a3bc97, read from its files by hand."""
    import_dataset("aeb", shared / "corpora" / "aeb", tmp_path)
    found = corpus.load(tmp_path)
    assert len(found) == 181
    assert len({gold.site for _, gold in found}) == 126  # distinct hosts' registered domains, as report-gold-cli.md section 1 counts them
    first = next(gold for _, gold in found if str(gold.header["source"]).startswith("aeb/042bb7b5"))
    assert first.header["url"].startswith("https://www.wsj.com/articles/google-stadia")
    assert first.body.startswith("Gaming used to be so simple.")
