"""What every import does: it stores pages compressed and once, puts them in place at once, says what is wrong, and downloads."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import json
import shutil
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from harness import datasets
from harness.corpus import check, corpus
from harness.corpus.corpus import UNFINISHED
from harness.corpus.files import MAX_PAGE_BYTES
from harness.datasets import _store, pairs
from harness.datasets._download import Download, fetched
from harness.errors import CorpusError, ImportRefused, StoreError, UsageError
from harness.progress import Progress
from tests.corpora import write_corpus
from tests.datasets.publisher import write

PAGE = "<html lang='en'><nav>Home</nav><p>The ferry stops at Greyholm.</p></html>"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(
        tmp_path / "set", {f"quay/{name}.html": PAGE + name for name in "ab"} | {f"quay/{name}.txt": "The ferry stops." for name in "ab"}
    )


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_pages_are_stored_once_compressed_and_the_same_again(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "to"
    datasets.import_dataset("pairs", source, target)
    first = _contents(target)
    assert sorted(first) == ["gold/quay/a.txt", "gold/quay/b.txt", "import.json", "raw/quay/a.html.gz", "raw/quay/b.html.gz"]
    assert gzip.decompress(first["raw/quay/a.html.gz"]).decode() == PAGE + "a"
    datasets.import_dataset("pairs", source, target)
    assert _contents(target) == first
    packed = corpus.load(target).digest
    # Unpacked by hand it is the same corpus.
    for path in (target / "raw").rglob("*.gz"):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    assert corpus.load(target).digest == packed


def test_only_an_imported_corpus_may_be_packed(tmp_path: Path) -> None:
    root = write_corpus(tmp_path, {"post": "Greyholm"})
    page = root / "raw/post/pier.html"
    page.with_name("pier.html.gz").write_bytes(gzip.compress(page.read_bytes()))
    assert [entry.raw.name for entry in corpus.load(root).entries] == ["pier.html"]
    assert [found.code for found in check.check(root)] == ["E066"]
    (root / "import.json").write_text("{}")
    with pytest.raises(CorpusError, match=r"the page is there twice, also as pier\.html"):
        corpus.load(root)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (gzip.compress(b"x" * (MAX_PAGE_BYTES + 1)), "at most 16 MB are read"),
        (gzip.compress(PAGE.encode())[:-9], "ends too early"),
        (b"<p>plain", "does not decompress"),
    ],
)
def test_a_packed_page_that_cannot_be_unpacked(source: Path, tmp_path: Path, data: bytes, sentence: str) -> None:
    datasets.import_dataset("pairs", source, tmp_path / "to")
    (tmp_path / "to/raw/quay/a.html.gz").write_bytes(data)
    with pytest.raises(CorpusError, match=sentence):
        corpus.load(tmp_path / "to").entries[0].load()


def test_strict_imports_nothing_that_is_wrong(source: Path, tmp_path: Path) -> None:
    assert datasets.import_dataset("pairs", source, tmp_path / "sound", strict=True).pages == 2
    (source / "quay/b.txt").write_text("The boat stops.")
    with pytest.raises(ImportRefused, match="pairs: 1 of 2 pages have words in their gold that the page has not; nothing was imported"):
        datasets.import_dataset("pairs", source, tmp_path / "to", strict=True)
    assert not (tmp_path / "to").exists()
    report = datasets.import_dataset("pairs", source, tmp_path / "to")
    assert list(report.text()) == ["1 of 2 pages have words in their gold that the page has not:", '  quay/b: 1 of 3 words ("boat")']


def test_a_long_list_is_cut_on_the_screen_and_whole_in_the_file(tmp_path: Path) -> None:
    for number in range(8):
        write(tmp_path / "set", {f"{number}.html": PAGE, f"{number}.txt": "The ferry stops."})
    report = datasets.import_dataset("pairs", tmp_path / "set", tmp_path / "to")
    shown = list(report.text())
    assert (shown[0], shown[1], shown[-1], len(shown)) == (
        "7 of 8 pages repeat another page:", "  1/1: the same bytes as 0/0", "  … and 2 more", 7,
    )  # fmt: skip
    assert len(json.loads((tmp_path / "to/import.json").read_text())["findings"]["repeated"]["list"]) == 7


def test_pages_that_repeat_each_other_with_another_gold(tmp_path: Path) -> None:
    files = {
        "a.html": PAGE,
        "a.txt": "The ferry stops.",
        "b.html": PAGE,
        "b.txt": "The ferry.",
        "c.html": PAGE.replace("nav", "div"),
        "c.txt": "The ferry.",
    }
    report = datasets.import_dataset("pairs", write(tmp_path / "set", files), tmp_path / "to")
    assert [(found.page, found.detail) for found in report.findings] == [
        ("b/b", "the same bytes as a/a, with another gold"), ("c/c", "the same words as a/a, with another gold"),
    ]  # fmt: skip


def test_a_page_that_cannot_be_read_is_left_out(source: Path, tmp_path: Path) -> None:
    (source / "quay/a.html").write_bytes(b"\0\0")
    report = datasets.import_dataset("pairs", source, tmp_path / "to")
    assert [(found.kind, found.page) for found in report.findings] == [("left-out", "quay/a")]
    assert [entry.id for entry in corpus.load(tmp_path / "to").entries] == ["quay/b"]
    (source / "quay/b.html").write_bytes(b"\0\0")
    with pytest.raises(ImportRefused, match="no pages that can be imported"):
        datasets.import_dataset("pairs", source, tmp_path / "other")


def test_an_import_that_was_killed_is_finished_by_the_next(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "to"
    datasets.import_dataset("pairs", source, target)
    (source / "quay/a.html").unlink()
    (source / "quay/a.txt").unlink()
    rmtree = shutil.rmtree

    def killed(path: Path) -> None:
        if Path(path) == target / "gold":
            raise KeyboardInterrupt
        rmtree(path)

    monkeypatch.setattr("harness.datasets._store.shutil.rmtree", killed)  # the new raw/ is in its place, the new gold/ is not
    with pytest.raises(KeyboardInterrupt):
        datasets.import_dataset("pairs", source, target)
    monkeypatch.undo()
    assert (target / UNFINISHED).is_dir()
    with pytest.raises(CorpusError, match="an import into this folder was interrupted"):
        corpus.load(target)
    datasets.import_dataset("pairs", source, target)
    assert [entry.id for entry in corpus.load(target).entries] == ["quay/b"]
    assert not list(target.glob(".import-*"))


def test_a_failure_on_the_way_leaves_the_old_import(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "to"
    datasets.import_dataset("pairs", source, target)
    before = _contents(target)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_store, "_write", full)
    with pytest.raises(StoreError, match=r"No space left on device\. Nothing was imported"):
        datasets.import_dataset("pairs", source, target)
    assert _contents(target) == before


class _Server(http.server.BaseHTTPRequestHandler):
    """Serves one archive; with `cut` it ends after so many bytes, and it knows ranges unless told not to."""

    data, cut, ranges = b"", 0, True
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        type(self).asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges else 0
        body = self.data[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.cut] if self.cut else body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    _Server.cut, _Server.ranges, _Server.asked = 0, True, []
    server = http.server.HTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/set.zip"
    server.shutdown()
    thread.join()
    server.server_close()


def _zip(files: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return data.getvalue()


def _tar(files: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as packed:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            packed.addfile(member, io.BytesIO(text.encode()))
    return data.getvalue()


FILES = {"set-1.0/quay/a.html": PAGE, "set-1.0/quay/a.txt": "The ferry stops."}


def _pin(address: str, data: bytes, folder: str = "set-1.0") -> Download:
    _Server.data = data
    return Download(address, len(data), hashlib.sha256(data).hexdigest(), folder)


@pytest.mark.parametrize("archive", [_zip, _tar])
def test_an_import_by_name_alone(archive: object, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(archive)
    monkeypatch.setattr(pairs, "DOWNLOAD", _pin(address, archive(FILES)), raising=False)
    assert datasets.import_dataset("pairs", None, tmp_path / "corpora/pairs").pages == 1
    assert [path.name for path in (tmp_path / "corpora").iterdir()] == ["pairs"]


@pytest.mark.parametrize("ranges", [True, False])
def test_a_download_goes_on_where_it_broke_off(address: str, tmp_path: Path, ranges: bool) -> None:
    pin = _pin(address, _zip(FILES))
    _Server.cut, _Server.ranges = 100, ranges
    with pytest.raises(StoreError, match=rf"100 of {pin.size} bytes are kept; run it again"), fetched(pin, tmp_path, Progress()):
        pass
    _Server.cut = 0
    with fetched(pin, tmp_path, Progress()) as folder:
        assert (folder / "quay/a.html").read_text() == PAGE
    assert _Server.asked == ["", "bytes=100-"]


def test_another_archive_than_the_one_pinned_is_refused(address: str, tmp_path: Path) -> None:
    pin = _pin(address, _zip(FILES))
    for other in (_zip({**FILES, "more": "x"}), bytes(pin.size)):
        _Server.data = other
        with pytest.raises(ImportRefused, match="its publisher changed it or it was damaged"), fetched(pin, tmp_path, Progress()):
            pass
        assert not list((tmp_path / ".downloads").iterdir())


def test_archives_that_cannot_be_used(address: str, tmp_path: Path) -> None:
    for data, folder, sentence in (
        (_zip(FILES), "other", "has no folder other"),
        (b"no archive", "", "cannot be unpacked"),
        (_tar({"../out": "x"}), "", "cannot be unpacked"),
    ):
        with pytest.raises(ImportRefused, match=sentence), fetched(_pin(address, data, folder), tmp_path, Progress()):
            pass
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("x", b"0" * 5_000_000)
    with pytest.raises(ImportRefused, match="unpacks to 5000000 bytes"), fetched(_pin(address, bomb.getvalue(), ""), tmp_path, Progress()):
        pass
    pin = Download("http://127.0.0.1:9/set.zip", 10, "0" * 64)
    with pytest.raises(StoreError, match="could not be fetched"), fetched(pin, tmp_path, Progress()):
        pass


def test_a_set_without_a_verified_download(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no verified download of aeb\. Fetch it yourself"):
        datasets.import_dataset("aeb", None, tmp_path / "aeb")


def test_the_gold_that_is_least_on_its_page_is_listed_first(tmp_path: Path) -> None:
    golds = {"a": "The ferry halts.", "b": "Another article", "c": "Greyholm"}
    files = {f"{name}.html": PAGE + name for name in golds} | {f"{name}.txt": text for name, text in golds.items()}
    report = datasets.import_dataset("pairs", write(tmp_path / "set", files), tmp_path / "to")
    assert [(found.page, found.detail) for found in report.findings] == [
        ("b/b", '2 of 2 words ("another", "article")'), ("a/a", '1 of 3 words ("halts")'),
    ]  # fmt: skip


def test_gold_that_was_edited_since_is_not_replaced(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "to"
    datasets.import_dataset("pairs", source, target)
    gold = target / "gold/quay/a.txt"
    gold.write_text(gold.read_text(encoding="utf-8").replace("p: The ferry", "# doubt: a headline?\np: The ferry"), encoding="utf-8")
    before = _contents(target)
    with pytest.raises(ImportRefused, match=r"gold/quay/a\.txt: this gold was edited since it was imported"):
        datasets.import_dataset("pairs", source, target)
    assert _contents(target) == before
