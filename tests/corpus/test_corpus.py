"""A corpus folder: pairs of pages and gold, what is refused, and what its digest depends on."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from harness.corpus.corpus import MAX_PAGE_BYTES, entry_for, load, load_page, page_blocks
from harness.corpus.segment import Block
from harness.errors import CorpusError, NothingMatched, UsageError

GOLD = '+++\nformat = 1\nurl = "https://x.example/a"\nsite = "{site}"\nlang = "de"\ntype = "news"\n+++\np: Größe\n'


def put(root: Path, path: str, content: str | bytes) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    put(tmp_path, "raw/quay/one.html", "<p>Größe</p><pre>a\n\nb</pre>")
    put(tmp_path, "gold/quay/one.txt", GOLD.format(site="quay"))
    put(tmp_path, "raw/pier/two.txt", "Größe\n\n  flach ")
    put(tmp_path, "gold/pier/two.txt", GOLD.format(site="pier"))
    return tmp_path


def test_pairs_in_order_of_ids(corpus: Path) -> None:
    found = load(corpus)
    assert len(found) == 2
    (text_page, _), (page, gold) = found
    assert [text_page.id, page.id] == ["pier/two", "quay/one"]
    assert (page.url, page.language) == ("https://x.example/a", "de")
    assert gold.body == "Größe"
    data = "<p>Größe</p><pre>a\n\nb</pre>".encode()
    assert page.html == data.decode()
    assert page.sha256 == hashlib.sha256(data).hexdigest()


def test_text_track_is_the_stored_text_else_the_blocks_one_a_line(corpus: Path) -> None:
    (text_page, _), (page, _) = load(corpus)
    assert page.text == page.source("text") == "Größe\na\nb"
    assert page_blocks(page) == [Block("Größe"), Block("a", pre=True), Block("", pre=True), Block("b", pre=True)]
    assert text_page.html is text_page.source("html") is None
    assert text_page.text == "Größe\n\n  flach "
    assert page_blocks(text_page) == [Block("Größe"), Block("flach")]
    put(corpus, "raw/quay/one.txt", "Grö-\nße")
    entry = entry_for(corpus, "quay/one")
    page = load_page(entry, "", "de")
    assert page.text == "Grö-\nße"
    assert page_blocks(page)[0] == Block("Größe"), "gold stands for the HTML's blocks where there is HTML"


def test_second_labellings_and_hidden_files_are_no_pages(corpus: Path) -> None:
    put(corpus, "gold/quay/one.b.txt", GOLD.format(site="quay"))
    put(corpus, "raw/quay/.one.html", "x")
    put(corpus, "raw/quay/notes.md", "x")
    assert [entry.id for entry in load(corpus).entries] == ["pier/two", "quay/one"]


def test_digest_changes_with_every_byte_and_name_and_with_nothing_else(corpus: Path) -> None:
    def digest() -> str:
        return load(corpus).digest

    seen = [digest()]
    os.utime(corpus / "raw/quay/one.html", (1, 1))
    put(corpus, "raw/README.md", "x")
    assert digest() == seen[0]
    put(corpus, "raw/quay/one.html", "<p>Größe </p>")
    seen.append(digest())
    put(corpus, "gold/quay/one.txt", GOLD.format(site="quay") + "# note\n")
    seen.append(digest())
    put(corpus, "raw/quay/one.txt", "Größe")
    seen.append(digest())
    for path in ("raw/quay/one.html", "raw/quay/one.txt", "gold/quay/one.txt"):
        (corpus / path).rename(corpus / path.replace("one", "first"))
    seen.append(digest())
    assert len(set(seen)) == len(seen)


def test_part_of_a_corpus(corpus: Path) -> None:
    whole = load(corpus)
    part = whole.only(["quay/one", "quay/one"])
    assert [entry.id for entry in part.entries] == ["quay/one"]
    assert part.digest != whole.digest
    with pytest.raises(UsageError, match=r'no page "quay/on" in .*Did you mean "quay/one"'):
        whole.only(["quay/on"])


def test_page_without_gold(corpus: Path) -> None:
    put(corpus, "raw/quay/three.html", "<p>x")
    with pytest.raises(CorpusError, match=r"three\.html: this page has no gold\. Make gold/quay/three\.txt with: clutterbench gold new"):
        load(corpus)


def test_gold_without_page(corpus: Path) -> None:
    put(corpus, "gold/quay/three.txt", GOLD.format(site="quay"))
    with pytest.raises(CorpusError, match=r"three\.txt: this gold has no page\. Save it as raw/quay/three\.html"):
        load(corpus)
    with pytest.raises(CorpusError, match="this gold has no page"):
        load_page(entry_for(corpus, "quay/three"), "", "de")


def test_link_only_gold_is_no_part_of_the_corpus_until_its_page_is_there(corpus: Path) -> None:
    put(corpus, "gold/quay/three.txt", GOLD.format(site="quay").replace("+++\np:", 'licence = "link-only"\n+++\np:'))
    assert [entry.id for entry in load(corpus).entries] == ["pier/two", "quay/one"]
    put(corpus, "raw/quay/three.html", "<p>Größe")
    assert [entry.id for entry in load(corpus).entries] == ["pier/two", "quay/one", "quay/three"]
    (corpus / "raw/quay/three.html").unlink()
    put(corpus, "gold/quay/three.txt", "p: no header")
    with pytest.raises(CorpusError, match=r"three\.txt:1: E001"):
        load(corpus)


def test_a_page_that_is_not_the_one_labelled_is_refused(corpus: Path) -> None:
    labelled = hashlib.sha256(b"<p>other").hexdigest()
    put(corpus, "gold/quay/one.txt", GOLD.format(site="quay").replace("+++\np:", f'raw_sha256 = "{labelled}"\n+++\np:'))
    with pytest.raises(CorpusError, match=r"gold/quay/one\.txt:7: E005 raw_sha256 does not fit .*raw/quay/one\.html"):
        list(load(corpus))
    put(corpus, "raw/quay/one.html", "<p>other")
    assert len(list(load(corpus))) == 2


def test_a_page_nested_too_deeply_is_refused_by_name_not_read_in_part(corpus: Path) -> None:
    put(corpus, "raw/quay/one.html", "<p>before</p>" + "<div>" * 3000 + "the story itself" + "</div>" * 3000)
    for read in (lambda: list(load(corpus)), lambda: load_page(entry_for(corpus, "quay/one"), "", "de")):
        with pytest.raises(CorpusError, match=r"raw/quay/one\.html: the page is nested deeper than the parser reads"):
            read()
    put(corpus, "raw/quay/one.txt", "the story itself")
    with pytest.raises(CorpusError, match="nested deeper"):
        load_page(entry_for(corpus, "quay/one"), "", "de")


@pytest.mark.parametrize("path", ["raw/Quay/one.html", "raw/quay/one_two.html", "raw/one.html", "raw/quay/deep/one.html"])
def test_names_that_are_no_ids(corpus: Path, path: str) -> None:
    put(corpus, path, "<p>x")
    with pytest.raises(CorpusError, match="is not a page id"):
        load(corpus)


def test_folders_that_are_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is no corpus: it has no raw/ folder"):
        load(tmp_path)
    (tmp_path / "raw").mkdir()
    with pytest.raises(UsageError, match=r"is no corpus: it has no gold/ folder"):
        load(tmp_path)
    (tmp_path / "gold").mkdir()
    with pytest.raises(NothingMatched, match="has no pages"):
        load(tmp_path)


def test_page_too_large_to_read(corpus: Path) -> None:
    with (corpus / "raw/quay/one.html").open("wb") as file:
        file.truncate(MAX_PAGE_BYTES + 1)
    with pytest.raises(CorpusError, match=r"one\.html: the page is 16\.0 MB; at most 16 MB are read"):
        load_page(entry_for(corpus, "quay/one"), "", "de")


def test_unreadable_page_and_unsound_gold_name_their_file(corpus: Path) -> None:
    put(corpus, "raw/quay/one.html", b"\0\0")
    with pytest.raises(CorpusError, match=r"raw/quay/one\.html: the file holds only NUL"):
        list(load(corpus))
    put(corpus, "gold/pier/two.txt", "p: no header")
    with pytest.raises(CorpusError, match=r"gold/pier/two\.txt:1: E001"):
        list(load(corpus))
