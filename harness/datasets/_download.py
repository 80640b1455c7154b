"""A data set's archive as its publisher offers it: downloaded with resume, checked by size and SHA-256, unpacked into a folder for a while.

A publisher's address is used only with a digest that somebody has verified: without one an archive could be anything, so an importer
whose digest nobody has seen defines no download.
"""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.errors import ImportRefused, StoreError
from harness.progress import Progress

_CHUNK = 256 * 1024
_TIMEOUT = 60
_MOST = 20
"""Times its packed size that an archive may unpack to; text packs 3 to 10 times."""


@dataclass(frozen=True, slots=True)
class Download:
    """An archive (.zip or .tar.*): its address, its bytes, their SHA-256, and the folder in it that `read` expects ('' for its top)."""

    url: str
    size: int
    sha256: str
    folder: str = ""


@contextmanager
def fetched(download: Download, keep: Path, progress: Progress) -> Iterator[Path]:
    """Give the folder of a downloaded archive. What has come of it stays in `keep`/.downloads until it is whole and sound.

    Raises ImportRefused for an archive that is not the one pinned, StoreError where it cannot be fetched.
    """
    archive = keep / ".downloads" / download.sha256
    archive.parent.mkdir(parents=True, exist_ok=True)
    _fetch(download, archive, progress)
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".unpacked-") as unpacked:
        _unpack(download, archive, Path(unpacked))
        folder = Path(unpacked) / download.folder
        if not folder.is_dir():
            raise ImportRefused(f"{download.url}: the archive has no folder {download.folder}; nothing was imported.")
        yield folder
    # Its pages stand in the corpus now: they are stored once.
    shutil.rmtree(archive.parent, ignore_errors=True)


def _fetch(download: Download, archive: Path, progress: Progress) -> None:
    have = archive.stat().st_size if archive.is_file() else 0
    if have < download.size:
        with progress.stage("download", download.size, already=have):
            try:
                _continue(download, archive, have, progress)
            except (OSError, urllib.error.URLError) as error:
                kept = archive.stat().st_size if archive.is_file() else 0
                why = getattr(error, "reason", None) or error
                raise StoreError(
                    f"{download.url} could not be fetched: {why}. {kept} of {download.size} bytes are kept; run it again to go on."
                ) from None
    data_digest = hashlib.sha256()
    with archive.open("rb") as file:
        while piece := file.read(_CHUNK):
            data_digest.update(piece)
    if (size := archive.stat().st_size) != download.size or data_digest.hexdigest() != download.sha256:
        archive.unlink()
        raise ImportRefused(
            f"{download.url}: expected {download.size} bytes with SHA-256 {download.sha256}, got {size} with {data_digest.hexdigest()}; "
            "its publisher changed it or it was damaged on the way. Nothing was imported."
        )


def _continue(download: Download, archive: Path, have: int, progress: Progress) -> None:
    request = urllib.request.Request(download.url, headers={"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
        # A server that knows no ranges sends everything again, with status 200.
        goes_on = have > 0 and answer.status == 206
        with archive.open("ab" if goes_on else "wb") as file:
            left = download.size - (have if goes_on else 0)
            # One byte more than expected is enough to know that it is another archive.
            while left >= 0 and (piece := answer.read(min(_CHUNK, left + 1))):
                file.write(piece)
                left -= len(piece)
                progress.step(len(piece))
    if left > 0:
        raise OSError(f"the connection ended {left} bytes early")


def _unpack(download: Download, archive: Path, target: Path) -> None:
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as packed:
                _refuse_bomb(download, sum(member.file_size for member in packed.infolist()))
                packed.extractall(target)  # leaves out absolute names and `..`
        else:
            with tarfile.open(archive) as packed_tar:
                _refuse_bomb(download, sum(member.size for member in packed_tar.getmembers()))
                packed_tar.extractall(target, filter="data")
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError) as error:
        raise ImportRefused(f"{download.url}: the archive cannot be unpacked ({error}); nothing was imported.") from None


def _refuse_bomb(download: Download, size: int) -> None:
    if size > _MOST * download.size + _CHUNK:
        raise ImportRefused(f"{download.url}: the archive unpacks to {size} bytes, more than {_MOST} times its own; nothing was imported.")
