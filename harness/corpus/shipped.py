"""The corpus that comes with clutterbench: in a checkout its own folders, in an installed package a copy of what the wheel carries."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from harness.corpus import corpus
from harness.errors import StoreError
from harness.extract.build import cache

_PACKAGE = Path(__file__).parents[1]


def root() -> Path:
    """Return the folder of the shipped corpus.

    A corpus keeps its runs beside its pages, and an installed package is not to be written into; so its pages are copied into the user's
    cache once, into a folder named by their digest. Raises StoreError where that cannot be written.
    """
    carried = _PACKAGE / "shipped"
    if not carried.is_dir():
        return _PACKAGE.parent
    target = cache().parent / "shipped" / corpus.load(carried).digest[:12]
    if target.is_dir():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as beside:
            copy = shutil.copytree(carried, Path(beside) / "copy")
            try:
                copy.rename(target)
            except OSError:
                if not target.is_dir():  # of two processes that copy it, the second uses the first's
                    raise
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}. The shipped pages and their runs are kept there.") from None
    return target


def here_or_shipped() -> Path:
    """Return this folder where it is a corpus, else the shipped one."""
    return Path() if Path("raw").is_dir() and Path("gold").is_dir() else root()
