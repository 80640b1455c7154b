"""What is kept on disk: atomic files, the cache of extractions and scores, and the folder of a run.

A corpus keeps its state in `.clutterbench/`, which git ignores: `cache.sqlite`, and `runs/<id>/` with `run.json` (what ran),
`extractions.jsonl`, `scores.jsonl` and `timings.json`. Files are replaced whole; a killed process leaves the old one or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from harness.errors import StoreError, UsageError, did_you_mean, named
from harness.records import Extraction

STATE = ".clutterbench"
FORMAT = 1
"""Version of every stored format here. Raise it when a file's meaning changes."""

_COMMIT_EVERY = 40

_OF_AN_EXTRACTOR = frozenset(("name", "track", "category", "did_not_run"))
_ANSWER = frozenset(("extractor", "page", "status", "text"))
_COLUMNS = {
    "extractions.jsonl": _ANSWER,
    "references.jsonl": _ANSWER,
    "scores.jsonl": frozenset(("extractor", "page", "metric", "status", "counts", "parts")),
    "pages.jsonl": frozenset(("page",)),
    "confusion.json": frozenset(("pages", "sites", "tokens", "version")),
}
"""What every line of a run's file must hold to be read by the next stage."""


def digest(*parts: str) -> str:
    """Return the SHA-256 of some texts and of where one ends and the next begins, in hexadecimal: a key for the cache."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "replace")
        total.update(f"{len(data)}:".encode() + data)
    return total.hexdigest()


@cache
def code_digest() -> str:
    """Return a digest of the harness's own files, templates included: any of them may change a figure or a page."""
    folder = Path(__file__).parent
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".pyc", ".so"))
    return digest(*(f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files))


def replace_text(path: Path, text: str) -> None:
    """Write a UTF-8 file so that a reader sees the old one or the new one, never half of it. Line endings are LF.

    Raises StoreError where the folder cannot be written.
    """
    replace_chunks(path, (text,))


def replace_chunks(path: Path, chunks: Iterable[str]) -> None:
    """Write a UTF-8 file from pieces, as `replace_text` does."""
    beside: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}. Free or unlock the folder, then run it again.") from None
    finally:
        if beside is not None:
            Path(beside).unlink(missing_ok=True)


class Cache:
    """A corpus's finished work by content: the key holds everything that can change the value, so nothing is ever stale.

    SQLite in WAL mode: several processes may read and write, and a kill loses at most the rows of the last fraction of a second.
    A damaged or foreign file is set aside and begun anew, since all of it can be computed again.
    """

    def __init__(self, root: Path) -> None:
        self._path = root / STATE / "cache.sqlite"
        self._waiting = 0
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._open()
        except sqlite3.DatabaseError:
            for path in (self._path, *self._path.parent.glob(f"{self._path.name}-*")):
                path.rename(path.with_name(f"{path.name}.damaged"))
            self._open()
        except OSError as error:
            raise StoreError(f"{self._path.parent} cannot be written: {error.strerror}. The cache and the runs are kept there.") from None

    def _open(self) -> None:
        self._rows = sqlite3.connect(self._path, timeout=60, isolation_level=None)
        self._rows.execute("pragma journal_mode=wal")
        self._rows.execute("pragma synchronous=normal")
        (version,) = self._rows.execute("pragma user_version").fetchone()
        if version != FORMAT:
            self._rows.execute("drop table if exists work")
            self._rows.execute(f"pragma user_version={FORMAT}")
        self._rows.execute("create table if not exists work (key text primary key, value text not null) without rowid")

    def get(self, keys: Sequence[str]) -> dict[str, Any]:
        """Return the stored values of those keys that have one."""
        found: dict[str, Any] = {}
        for start in range(0, len(keys), 500):
            some = keys[start : start + 500]
            marks = ",".join("?" * len(some))
            for key, value in self._rows.execute(f"select key, value from work where key in ({marks})", some):
                found[key] = json.loads(value)
        return found

    def put(self, key: str, value: Mapping[str, Any]) -> None:
        """Store a value under its key; it is on disk soon, and at the latest when the cache is closed."""
        if not self._waiting:
            self._rows.execute("begin immediate")
        self._rows.execute("insert or replace into work values (?, ?)", (key, json.dumps(value, ensure_ascii=False)))
        self._waiting += 1
        if self._waiting >= _COMMIT_EVERY:
            self.flush()

    def flush(self) -> None:
        """Commit what waits."""
        if self._waiting:
            self._rows.execute("commit")
            self._waiting = 0

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.flush()
        self._rows.close()


class Run:
    """The folder of one run. Its id is a digest of what ran on what, so the same command finds the same folder."""

    def __init__(self, root: Path, run_id: str) -> None:
        self.id = run_id
        self.folder = root / STATE / "runs" / run_id

    def write_facts(self, facts: Mapping[str, Any]) -> None:
        """Write `run.json`: last of a run's files, so its presence says that the run is whole."""
        replace_text(self.folder / "run.json", json.dumps({"format": FORMAT, **facts}, indent=1, sort_keys=True) + "\n")

    def facts(self) -> dict[str, Any]:
        """Read `run.json`. Raises StoreError where the run is missing, unfinished, damaged or of another format."""
        path = self.folder / "run.json"
        facts = self._json("run.json")
        version = facts.get("format")
        if version != FORMAT:
            newer = isinstance(version, int) and version > FORMAT
            advice = "by a newer clutterbench. Update this one" if newer else "by an older clutterbench. Run it again: clutterbench run"
            raise StoreError(f"{self.folder}: this run was written {advice}.")
        if not isinstance(facts.get("gold"), str):
            raise _damaged(path, "gold", "the digest of the corpus")
        if not _is_list(facts.get("pages"), str):
            raise _damaged(path, "pages", "a list of page ids")
        extractors: Any = facts.get("extractors")
        if not _is_list(extractors, dict) or not all(row.keys() >= _OF_AN_EXTRACTOR for row in extractors):
            raise _damaged(path, "extractors", f"a list of objects with {', '.join(sorted(_OF_AN_EXTRACTOR))}")
        return facts

    def write_rows(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write a file of one JSON object a line."""
        replace_chunks(self.folder / name, (json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows))

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Read a file of one JSON object a line. Raises StoreError naming the file and line that is damaged."""
        path = self.folder / name
        try:
            with path.open(encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    yield _row(path, number, line)
        except FileNotFoundError:
            raise StoreError(f"{path} is missing. Run the stage before: clutterbench run, then score, then report.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"{path} cannot be read: {_why(error)}. Unlock the file, or run the stage again.") from None

    def extractions(self) -> Iterator[Extraction]:
        """Read the run's extractions, without their timings."""
        for number, row in enumerate(self.rows("extractions.jsonl"), 1):
            try:
                yield Extraction(**row)
            except (TypeError, ValueError) as error:
                path = self.folder / "extractions.jsonl"
                raise StoreError(
                    f"{path}:{number}: the line is no extraction ({error}), the file is damaged. Run the stage again."
                ) from None

    def _json(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise StoreError(f"{path} is missing: the run did not finish. Start it again; finished pages are kept.") from None
        except (ValueError, RecursionError):
            raise StoreError(f"{path} is no JSON, the file is damaged. Run again; finished pages are kept.") from None
        except OSError as error:
            raise StoreError(f"{path} cannot be read: {_why(error)}. Unlock the file, or run again.") from None
        return found if isinstance(found, dict) else {}


def _row(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise StoreError(f"{path}:{number}: the line is no JSON, the file is damaged. Run the stage again.") from None
    if not isinstance(row, dict):
        raise StoreError(f"{path}:{number}: expected an object, found a {type(row).__name__}; the file is damaged. Run the stage again.")
    if lacks := _COLUMNS.get(path.name, frozenset()) - row.keys():
        raise StoreError(f"{path}:{number}: the line lacks {', '.join(sorted(lacks))}, the file is damaged. Run the stage again.")
    return row


def _damaged(path: Path, key: str, expected: str) -> StoreError:
    return StoreError(f'{path}: "{key}" is not {expected}; the file is damaged. Run it again: clutterbench run')


def _is_list(value: Any, of: type) -> bool:
    return isinstance(value, list) and all(isinstance(part, of) for part in value)


def _why(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "it is not UTF-8"


def without_timing(extraction: Extraction) -> dict[str, Any]:
    """Return an extraction as a plain row that holds nothing measured by a clock."""
    row = asdict(extraction)
    row["cpu"] = row["memory"] = None
    return row


def mark_latest(root: Path, run: Run) -> None:
    """Remember a run as the latest of its corpus."""
    replace_text(root / STATE / "latest", run.id + "\n")


def find_run(root: Path, name: str | None) -> Run:
    """Return a run by its id or unique beginning, or the latest. Raises UsageError where there is none such."""
    folder = root / STATE / "runs"
    known = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if name is None:
        latest = root / STATE / "latest"
        name = latest.read_text(encoding="utf-8").strip() if latest.is_file() else ""
        if not name:
            raise UsageError(f"{named(root)} has no run yet. Make one with: clutterbench run")
    fitting = [run for run in known if run.startswith(name)]
    if len(fitting) != 1:
        what = "is the beginning of several runs" if fitting else "is no run"
        raise UsageError(f'"{name}" {what} of {named(root)}.{did_you_mean(name, known)} See: clutterbench list runs')
    return Run(root, fitting[0])


@contextmanager
def single_writer(root: Path) -> Iterator[None]:
    """Hold the corpus for one run at a time, so that two do not write its reports at once, and sweep what a killed one left.

    Waits for the other to end.
    """
    path = root / STATE / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}. The cache and the runs are kept in that folder.") from None
    with file:
        try:
            import fcntl
        except ImportError:  # no such lock on this system; atomic files still keep every reader safe
            yield
            return
        fcntl.flock(file, fcntl.LOCK_EX)
        # A killed run leaves the file that it was writing; nobody else writes now, so nobody misses it.
        for folder in (root / STATE, root / "reports"):
            for left in folder.rglob(".*.part"):
                left.unlink(missing_ok=True)
        yield
