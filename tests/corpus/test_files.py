"""Only regular files that may be read are read: links, pipes, folders, locked places and giants have their sentence, and nothing hangs."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.corpus import corpus
from harness.corpus.check import check
from harness.corpus.files import MAX_PAGE_BYTES, PAGE_LIMIT
from harness.corpus.new import new_gold, show_gold
from harness.errors import CorpusError
from tests.corpora import write_corpus

RAW, GOLD = "raw/quay/pier.html", "gold/quay/pier.txt"
NOBODY = 65534


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus", {"quay": "Greyholm", "post": "Saltmarsh Quay on the far side"})


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _socket(path: Path) -> None:
    # A socket's address is at most about 100 bytes long.
    short = Path(tempfile.mkdtemp(dir="/tmp"))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(short / "s"))
    (short / "s").rename(path)
    short.rmdir()


def _link(path: Path) -> None:
    path.symlink_to("/proc/self/environ")


def _broken_link(path: Path) -> None:
    path.symlink_to("nowhere")


KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "fifo": (_fifo, "it is a named pipe; expected a regular file"),
    "folder": (_folder, "it is a folder; expected a regular file"),
    "socket": (_socket, "it is a socket; expected a regular file"),
    "link": (_link, "it is a symbolic link; expected a regular file"),
    "broken link": (_broken_link, "it is a symbolic link; expected a regular file"),
}


@pytest.mark.parametrize("place", [RAW, GOLD])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_regular_file_is_refused_by_name_and_never_opened(root: Path, kind: str, place: str) -> None:
    make, sentence = KINDS[kind]
    (root / place).unlink()
    make(root / place)
    assert [(one.path, one.code) for one in check(root)] == [(place, "E067")]
    assert sentence in check(root)[0].message
    assert [(one.path, one.code) for one in check(root, ["quay/pier"])] == [(place, "E067")]
    assert check(root, ["post/pier"]) == []
    for read in (lambda: corpus.load(root), lambda: corpus.entry_for(root, "quay/pier").load()):
        with pytest.raises(CorpusError) as caught:
            read()
        assert str(caught.value).startswith(f"{root / place}: ")
        assert sentence in str(caught.value)


@pytest.mark.parametrize("top", ["raw", "gold"])
def test_a_linked_site_folder_is_not_followed(root: Path, tmp_path: Path, top: str) -> None:
    (root / top / "quay").rename(tmp_path / "elsewhere")
    (root / top / "quay").symlink_to(tmp_path / "elsewhere")
    assert [(one.path, one.code) for one in check(root)] == [(f"{top}/quay", "E067")]
    assert [one.code for one in check(root, ["quay/pier"])] == ["E067"]
    with pytest.raises(CorpusError, match=f"{top}/quay: it is a symbolic link"):
        corpus.load(root)
    with pytest.raises(CorpusError, match="it lies in quay/, which is a symbolic link; links are not followed"):
        corpus.entry_for(root, "quay/pier").load()


def test_a_linked_raw_folder_is_not_followed(root: Path, tmp_path: Path) -> None:
    (root / "raw").rename(tmp_path / "elsewhere")
    (root / "raw").symlink_to(tmp_path / "elsewhere")
    for look in (corpus.load, check):
        with pytest.raises(CorpusError, match="raw: it is a symbolic link"):
            look(root)


def test_a_file_replaced_after_the_corpus_was_listed(root: Path) -> None:
    found = corpus.load(root)
    (root / RAW).unlink()
    (root / RAW).symlink_to("/etc/passwd")
    with pytest.raises(CorpusError, match="it is a symbolic link"):
        _ = found.digest


def test_a_site_folder_that_looks_like_a_file_is_not_passed_over(root: Path) -> None:
    for top in ("raw", "gold"):
        (root / top / "quay").rename(root / top / "quay.txt")
    assert [(one.path, one.code) for one in check(root)] == [("gold/quay.txt/pier.txt", "E007"), ("raw/quay.txt/pier.html", "E007")]
    with pytest.raises(CorpusError, match="is not a page id"):
        corpus.load(root)


def test_a_finding_names_its_file_wherever_the_corpus_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = write_corpus(tmp_path / "a: b", {"quay": "Greyholm"})
    (odd / RAW).write_bytes(b"\0")
    monkeypatch.chdir(odd)
    for folder in (odd, Path()):
        assert ("E060", RAW) in [(one.code, one.path) for one in check(folder)]


@pytest.fixture
def open_root() -> Iterator[Path]:
    """Return a corpus in a folder of ours as a user whom the system keeps out of locked places: root itself is not kept out."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    made = write_corpus(folder / "corpus", {"quay": "Greyholm", "post": "Saltmarsh Quay on the far side"})
    check(made)  # what is imported late is imported now, as the user who may
    as_root = os.geteuid() == 0
    if as_root:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield made
    finally:
        if as_root:
            os.seteuid(0)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o700)
        shutil.rmtree(folder)


@pytest.mark.parametrize("place", [RAW, GOLD])
def test_a_locked_file_is_a_sentence(open_root: Path, place: str) -> None:
    (open_root / place).chmod(0)
    assert [(one.path, one.code) for one in check(open_root)] == [(place, "E068")]
    with pytest.raises(CorpusError, match=f"{place}: it cannot be read: Permission denied"):
        corpus.entry_for(open_root, "quay/pier").load()
    with pytest.raises(CorpusError, match=f"{place}: it cannot be read: Permission denied"):
        _ = corpus.load(open_root).digest


@pytest.mark.parametrize("place", ["raw/quay", "gold/quay", "raw", "gold"])
@pytest.mark.parametrize("rights", [0o000, 0o600])
def test_a_locked_folder_is_never_taken_for_a_missing_page(open_root: Path, place: str, rights: int) -> None:
    (open_root / place).chmod(rights)
    found = check(open_root)
    assert {one.code for one in found} == {"E068"}
    assert all("it cannot be read: Permission denied. Give yourself the right to read it" in one.message for one in found)
    with pytest.raises(CorpusError, match="cannot be read: Permission denied"):
        list(corpus.load(open_root))


def test_a_page_too_large_is_refused_unread(root: Path) -> None:
    with (root / RAW).open("wb") as file:
        file.truncate(MAX_PAGE_BYTES + 2**20)
    (found,) = check(root)
    assert (found.path, found.code) == (RAW, "E006")
    assert "is 17.0 MB; the limit is 2 MB for a page that is contributed (16 MB for one that is read at all)" in found.message
    with pytest.raises(CorpusError, match=r"the page is 17\.0 MB; at most 16 MB are read \(2 MB where a page is contributed\)"):
        corpus.entry_for(root, "quay/pier").load()


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_gold_is_made_of_a_regular_file_only(root: Path, kind: str) -> None:
    make, sentence = KINDS[kind]
    (root / GOLD).unlink()
    (root / RAW).unlink()
    make(root / RAW)
    with pytest.raises(CorpusError, match=rf"pier\.html: {sentence}"):
        new_gold(root, root / RAW)
    assert not (root / GOLD).exists()


def test_a_shown_gold_does_not_steer_the_terminal(root: Path) -> None:
    path = root / GOLD
    path.write_text(path.read_text().replace("Most read", "Most\x1b]0;x\x07 read"))
    shown = list(show_gold(root, "quay/pier"))
    assert all(line.isprintable() for line in shown)
    assert any(line.endswith(r"Most\u001b]0;x\u0007 read") for line in shown)


def test_the_limits_are_what_the_messages_say() -> None:
    assert (PAGE_LIMIT, MAX_PAGE_BYTES) == (2 * 2**20, 16 * 2**20)
