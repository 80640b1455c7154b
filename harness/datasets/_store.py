"""A data set's pages as a corpus of ours: `raw/<id>.html.gz`, `gold/<id>.txt` and `import.json`, put in place all at once.

Everything is written into a folder beside, which is then renamed to `corpus.UNFINISHED`: from there on the import is done. Its parts are
moved into their places after that; where that is interrupted the corpus is not read, and the next import finishes the move first.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.corpus import files, gold
from harness.corpus.corpus import UNFINISHED
from harness.corpus.header import FORMAT, Problem, parse_header
from harness.datasets import Imported
from harness.datasets._lint import Report
from harness.errors import CorpusError, ImportRefused, StoreError
from harness.records import is_page_id

_PARTS = ("raw", "gold", files.IMPORT_REPORT)
_GOLD = "gold"
"""Key of the report under which stand the digests of the gold as it was written, to know what was edited since."""


def write_corpus(target: Path, pages: Sequence[Imported], report: Report) -> None:
    """Store pages in `target`, replacing an earlier import; runs and reports beside them stay.

    Raises ImportRefused for no page, for an id twice, and for a target that holds anything but an earlier import of the same set: it
    would be lost.
    """
    _refuse_ids(pages)
    try:
        _finish(target)
        _refuse_other_work(target, report.dataset)
        target.mkdir(parents=True, exist_ok=True)
        for left in target.glob(".import-*"):
            shutil.rmtree(left)
        beside = Path(tempfile.mkdtemp(dir=target, prefix=".import-"))
        try:
            digests: dict[str, str] = {}
            for page in pages:
                header = {"format": FORMAT, **page.header, "raw_sha256": hashlib.sha256(page.raw).hexdigest()}
                # Without the time in the archive, so that the same page is the same file.
                _write(beside / "raw" / f"{page.id}.html.gz", gzip.compress(page.raw, mtime=0))
                text = gold.render(header, page.lines).encode()
                digests[page.id] = _digest(text)
                _write(beside / "gold" / f"{page.id}.txt", text)
            document = json.dumps({**json.loads(report.json()), _GOLD: digests}, ensure_ascii=False, indent=1) + "\n"
            _write(beside / files.IMPORT_REPORT, document.encode())
            beside.rename(target / UNFINISHED)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        _finish(target)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}. Nothing was imported; free or unlock the folder.") from None


def _refuse_ids(pages: Sequence[Imported]) -> None:
    if not pages:
        raise ImportRefused("The data set has no pages that can be imported; nothing was imported.")
    seen: set[str] = set()
    for page in pages:
        if page.id in seen or not is_page_id(page.id):
            why = "stands there twice" if page.id in seen else "is no page id"
            raise ImportRefused(f"{page.header['source']}: its page id {page.id} {why}; nothing was imported.")
        seen.add(page.id)


def _finish(target: Path) -> None:
    """Move the parts of a finished import into their places, also those that an interrupted one left."""
    ready = target / UNFINISHED
    if not ready.is_dir():
        return
    for part in _PARTS:
        if (ready / part).exists():
            if (target / part).is_dir():
                shutil.rmtree(target / part)
            (ready / part).replace(target / part)
    ready.rmdir()


def _refuse_other_work(target: Path, name: str) -> None:
    """Raise ImportRefused where `target` holds gold that this importer did not write or that was edited since, or pages without gold."""
    ours: set[str] = set()
    imported = _imported_gold(target / files.IMPORT_REPORT)
    for top in ("gold", "raw"):
        folder = target / top
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise ImportRefused(f"{folder}: it is no folder of a corpus; nothing was imported. Give another folder with --to.")
        # A folder that cannot be listed may hold anything.
        for path in sorted(_everything(folder)) if folder.is_dir() else ():
            page = files.stem(path.relative_to(folder)).as_posix()
            # A second labelling (`.b.txt`) is someone's work even where its header is that of the first.
            if top == "gold" and path.suffix == ".txt" and not page.endswith(".b") and _source(path).startswith(f"{name}/"):
                ours.add(page)
                if page in imported and imported[page] != _digest(path.read_bytes()):
                    raise ImportRefused(
                        f"{path}: this gold was edited since it was imported, and importing would replace it; nothing was imported. Give "
                        "another folder with --to, or move the file away."
                    )
            elif top == "gold" or page not in ours or files.ending(path, imported=True) != ".html":
                what = "is no gold" if top == "gold" else "is no page"
                raise ImportRefused(
                    f"{path}: this file {what} of an earlier import of {name}, and importing replaces raw/ and gold/; nothing was "
                    "imported. Give another folder with --to, or move the file away."
                )


def _imported_gold(report: Path) -> dict[str, str]:
    """Return the digests of the gold as the last import wrote it, by page; none where it left no readable report."""
    try:
        found = json.loads(report.read_text(encoding="utf-8"))[_GOLD]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]


def _everything(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            yield from _everything(path)
        else:
            yield path


def _source(path: Path) -> str:
    """Return the `source` that a gold file states, '' where it states none or cannot be read as gold."""
    try:
        found = parse_header(gold.read_text(path).removeprefix("\ufeff").split("\n"))
    except CorpusError:
        return ""
    return "" if isinstance(found, Problem) else str(found[0].get("source", ""))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
