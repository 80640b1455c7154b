"""How a corpus's files are found and read: regular files only, none through a symbolic link, none larger than the harness reads.

A corpus may come from a stranger's pull request. A link could lead to any file of the machine and have the lint print it; a pipe would
hold every command up for ever.

An imported corpus keeps its pages compressed, `<name>.html.gz`: `ending` and `read` are the only places that know.
"""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from harness.errors import CorpusError

PAGE_LIMIT = 2 * 1024 * 1024
"""Bytes of a raw page that the repository takes in (E006)."""

MAX_PAGE_BYTES = 16 * 1024 * 1024
"""A larger file is refused unread: extractors, segmenter and report hold pages in memory."""

IRREGULAR, UNREADABLE = "E067", "E068"
"""The lint's codes for what is not opened, and for what cannot be."""

IMPORT_REPORT = "import.json"
"""Stands in the folder of an imported corpus, and says what its importer found."""

_ENDINGS = (".html", ".htm", ".txt")
_PACKED = ".html.gz"
_KINDS = (
    (stat.S_ISLNK, "a symbolic link"), (stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"),
)  # fmt: skip


def ending(path: Path, *, imported: bool) -> str:
    """Return what a page's file ends in, `.html` for a compressed one where the corpus is `imported`: nobody reviews packed bytes."""
    return ".html" if imported and path.name.endswith(_PACKED) else path.suffix


def stem(path: Path) -> Path:
    """Return a page's path without its ending."""
    return path.with_name(path.name.removesuffix(_PACKED)) if path.name.endswith(_PACKED) else path.with_suffix("")


def is_imported(root: Path) -> bool:
    """Tell whether a corpus was made by an importer."""
    return exists(root / IMPORT_REPORT)


def html_of(root: Path, page: str) -> Path | None:
    """Return a page's HTML file, None where it has none."""
    plain, packed = root / "raw" / f"{page}.html", root / "raw" / f"{page}{_PACKED}"
    return plain if exists(plain) else packed if is_imported(root) and exists(packed) else None


def irregular(path: Path) -> str:
    """Return the sentence for a path that is no regular file or lies under a linked site folder, '' for a regular or missing file.

    Raises CorpusError where the folder does not let us look.
    """
    try:
        for above in (path.parent.parent, path.parent):
            if above.is_symlink():
                return (
                    f"it lies in {above.name}/, which is a symbolic link; links are not followed. Put a real folder with the files there."
                )
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise CorpusError(unreadable(path, error)) from None
    if stat.S_ISREG(mode):
        return ""
    kind = next((name for test, name in _KINDS if test(mode)), "a device")
    return f"it is {kind}; expected a regular file. Put the file itself there, or remove it."


def exists(path: Path) -> bool:
    """Tell whether there is anything at a path, also a broken link. Raises CorpusError where the folder does not let us look."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise CorpusError(unreadable(path, error)) from None
    return True


def read(path: Path) -> bytes:
    """Read a file of a corpus. Raises CorpusError where it is irregular, too large or does not let us read it."""
    try:
        if sentence := irregular(path):
            raise CorpusError(f"{path}: {sentence}")
        # Should it be replaced in between: neither follow a link nor wait for a pipe's writer.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_PAGE_BYTES:
                raise CorpusError(f"{path}: {too_large(size)}")
            data = file.read()
    except OSError as error:
        raise CorpusError(unreadable(path, error)) from None
    return _unpacked(path, data) if path.name.endswith(_PACKED) else data


def _unpacked(path: Path, data: bytes) -> bytes:
    # One byte more than is allowed, so that a small file which unpacks to gigabytes is refused early.
    stream = zlib.decompressobj(wbits=31)
    try:
        page = stream.decompress(data, MAX_PAGE_BYTES + 1)
    except zlib.error as error:
        raise CorpusError(f"{path}: the file does not decompress ({error}). Import the corpus again.") from None
    if len(page) > MAX_PAGE_BYTES:
        raise CorpusError(f"{path}: {too_large(len(page))}")
    if not stream.eof:
        raise CorpusError(f"{path}: the file ends too early to decompress. Import the corpus again.")
    return page


def too_large(size: int) -> str:
    """Return the sentence for a page that is not read."""
    return (
        f"the page is {size / 2**20:.1f} MB; at most {MAX_PAGE_BYTES // 2**20} MB are read ({PAGE_LIMIT // 2**20} MB where a page is "
        "contributed). Save it without embedded files."
    )


def unreadable(path: Path, error: OSError) -> str:
    """Return what to say of a file or folder that the system does not let us read, as `path: sentence`."""
    return f"{path}: {_no_access(error)}"


def _no_access(error: OSError) -> str:
    return f"it cannot be read: {error.strerror}. Give yourself the right to read it, or remove it."


def walk(folder: Path, refuse: Callable[[Path, str, str], None], *, below: bool = False) -> Iterator[Path]:
    """Yield everything under `folder` that looks like a file by its name, sorted, hidden names left out; links are not followed.

    `refuse` is called with the path, the lint's code and the sentence of a folder that cannot be listed or is a link.
    What is yielded may be irregular.
    """
    try:
        with os.scandir(folder) as listing:
            entries = sorted((entry.name, entry.is_dir(), entry.is_symlink()) for entry in listing)
    except OSError as error:
        refuse(folder, UNREADABLE, _no_access(error))
        return
    for name, is_folder, is_link in entries:
        path = folder / name
        if name.startswith("."):
            continue
        if is_link and (is_folder or not path.suffix):
            refuse(path, IRREGULAR, irregular(path))
        elif is_folder and not (below and path.suffix in _ENDINGS):
            yield from walk(path, refuse, below=True)
        else:
            yield path
