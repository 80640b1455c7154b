"""Odd pages: what extractors make of input that no corpus holds but every crawl does, as a table of statuses and seconds.

There is no gold for them. What counts is that a page is answered, or fails alone, in its time and memory.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.corpus.decode import decode
from harness.cost import machine
from harness.errors import StoreError
from harness.extract.sandbox import Limits
from harness.extract.schedule import Task, extract
from harness.progress import Progress
from harness.records import Extraction, Extractor
from harness.stages import build_environments
from harness.store import replace_text

FORMAT = 1
_FILE = Path("benchmarks") / "robustness.json"
_SENTENCE = "The harbour was quiet on the morning when the first ferry of the year came in, and there were few people about."
_WORDS = 3
"""Answers of fewer words than this are no text of a page."""


def _page(body: str) -> str:
    return f"<!doctype html><html lang=en><head><title>Ferry</title></head><body>{body}</body></html>"


def _paragraphs(count: int) -> str:
    return "".join(f"<p>{number}. {_SENTENCE}</p>\n" for number in range(count))


def _twenty_megabytes() -> str:
    """Of which nearly half is text and the rest data of scripts: an answer may have 16 MB."""
    story = f"<p>NUMBER. {_SENTENCE}</p>\n"
    data = '<script type="application/json">{"number": NUMBER, "state": "' + "x" * 130 + '"}</script>\n'
    number = 20_000_000 // len(story + data)
    return _page("".join((story + data).replace("NUMBER", str(each)) for each in range(number)))


def _nested_tables() -> str:
    return _page("<table><tr><td>" * 500 + _paragraphs(5) + "</td></tr></table>" * 500)


def _links() -> str:
    return _page(_paragraphs(5) + "".join(f'<a href="/story/{number}">Story {number}</a> ' for number in range(100_000)))


def _broken_encoding() -> str:
    """UTF-8 with a stray byte every now and then, as the one decoder passes it on."""
    good = _page("<meta charset=utf-8>" + _paragraphs(50)).encode()
    return decode(b"\xff".join(good[at : at + 2000] for at in range(0, len(good), 2000)), "broken encoding")


PAGES: Mapping[str, Callable[[], str]] = {
    "empty": lambda: "",
    "one byte": lambda: "x",
    "NULs": lambda: _page(_paragraphs(5)).replace(" ", "\0 "),
    "text without tags": lambda: f"{_SENTENCE}\n" * 20,
    "broken encoding": _broken_encoding,
    "20 MB": _twenty_megabytes,
    "5,000 nested divs": lambda: _page("<div>" * 5000 + _paragraphs(5) + "</div>" * 5000),
    "500 nested tables": _nested_tables,
    "endless attribute": lambda: _page(f'<p title="{"x" * 5_000_000}">{_SENTENCE}</p>' + _paragraphs(5)),
    "unclosed attribute": lambda: _page(_paragraphs(5) + '<a href="' + "x " * 1_000_000),
    "100,000 links": _links,
}
"""Name of each odd page, and what makes it. Each but `empty` and `one byte` holds text that a reader would see."""


@dataclass(frozen=True)
class Cell:
    """What one extractor made of one odd page: `status` as in `records`, or `none` for `ok` without text; `cpu` in seconds."""

    status: str
    cpu: float | None
    words: int
    detail: str = ""


@dataclass(frozen=True)
class Robustness:
    """Every extractor on every odd page, by extractor and page; `did_not_run` why an extractor has no cells."""

    cells: Mapping[str, Mapping[str, Cell]]
    versions: Mapping[str, str]
    did_not_run: Mapping[str, str]
    limits: Mapping[str, Any]
    machine: Mapping[str, Any]


def measure(extractors: Iterable[Extractor], progress: Progress, *, slots: int | None = None, limits: Limits | None = None) -> Robustness:
    """Run extractors of the html track over the odd pages, within the limits of any run."""
    chosen = [extractor for extractor in extractors if extractor.track == "html"]
    failures = build_environments(chosen, progress)
    made = {name: functools.cache(make) for name, make in PAGES.items()}
    tasks = [
        Task(extractor, name, len(made[name]()), lambda name=name: (made[name](), "https://page.invalid/", "en"))  # type: ignore[misc]
        for extractor in chosen
        if extractor.name not in failures
        for name in PAGES
    ]
    cells: dict[str, dict[str, Cell]] = {}

    def done(found: Extraction) -> None:
        words = len(found.text.split())
        status = "none" if found.status == "ok" and words < _WORDS else found.status
        cells.setdefault(found.extractor, {})[found.page] = Cell(status, found.cpu, words, found.detail.partition("\n")[0])
        progress.step(failed=found.status != "ok")

    with progress.stage("odd pages", len(tasks)):
        facts = extract(tasks, done=done, slots=slots, limits=limits)
    failures |= facts.failures
    whole = {name: {page: row[page] for page in PAGES} for name, row in sorted(cells.items()) if name not in failures}
    versions = {name: facts.environments[name].version for name in whole}
    return Robustness(whole, versions, failures, asdict(limits or Limits()), machine())


def as_json(found: Robustness) -> str:
    """Return the table as it is stored."""
    return json.dumps({"format": FORMAT, **asdict(found)}, indent=1, ensure_ascii=False) + "\n"


def write(root: Path, found: Robustness) -> Path | None:
    """Store the table beside the corpus, apart from scores, and return the file.

    None where the stored one holds extractors that are not in this one: a look at some must not lose the others.
    """
    try:
        stored = read(root)
    except StoreError:  # what is damaged or of another format is replaced
        stored = None
    if stored is not None and {*stored.cells, *stored.did_not_run} - {*found.cells, *found.did_not_run}:
        return None
    path = root / _FILE
    replace_text(path, as_json(found))
    return path


def read(root: Path) -> Robustness | None:
    """Return the stored table, None where there is none. Raises StoreError for a file that cannot be used."""
    path = root / _FILE
    if not path.is_file():
        return None
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored.pop("format") != FORMAT:
            raise StoreError(f"{path} is of another format than {FORMAT}. Make it again: clutterbench stress")
        cells = {name: {page: Cell(**cell) for page, cell in row.items()} for name, row in stored.pop("cells").items()}
        return Robustness(cells=cells, **stored)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{path} is damaged ({error}). Make it again: clutterbench stress") from error


def rows(found: Robustness) -> list[dict[str, str]]:
    """The table's cells: status and, from a tenth of a second on, seconds; a dot for a plain answer."""
    table = [{"extractor": name, **{page: _shown(cell) for page, cell in row.items()}} for name, row in found.cells.items()]
    return table + [{"extractor": name, **dict.fromkeys(PAGES, "did not run")} for name in sorted(found.did_not_run)]


def _shown(cell: Cell) -> str:
    status = "·" if cell.status == "ok" else cell.status
    return f"{status} {cell.cpu:.1f} s" if cell.cpu is not None and cell.cpu >= 0.1 else status


def names(found: Robustness, status: str) -> Sequence[tuple[str, str]]:
    """The extractors and pages that ended with a status, for a report to name."""
    return [(name, page) for name, row in found.cells.items() for page, cell in row.items() if cell.status == status]
