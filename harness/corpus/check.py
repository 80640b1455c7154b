"""The gold lint: every rule on a corpus's folders, headers, lines and pages, with findings as text, JSON or GitHub annotations.

| codes | about | in |
| --- | --- | --- |
| E001, E002, E010, E012, E013 | structure; nothing else is compared until it is sound | gold.py |
| E003, E004, E008, E063, E064 | header | check_header.py |
| E005 to E007 | files: digest, size, names | here |
| E060 to E062, E065, E066 | page unreadable, without gold, missing; gold not UTF-8; file ending | here |
| E067, E068 | no regular file, or not readable; neither is opened | here |
| E011, E020, E021 | labels | check_labels.py |
| E014 (tabs) | lines | here |
| E013 to E016, E030 to E033, E040, E041 | lines against the page | check_text.py |
| E034 | body lines against a stored flattened text | check_flat.py |
| E050 to E052 | logged-in page, copy of another page, marks of a labelling tool | check_raw.py |
| W101 to W109 | labels that are seldom right, and answers to no warning | check_doubts.py |
| W110, W111 | copies that name no story, stories told once | check_raw.py, check_doubts.py |

Only pages with `coverage = "full"` are compared with their text. Of imported ones (`body`, `snippets`) the header is checked, and of
`body` that there is body text: their raw pages and their words are the importer's business.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from harness.corpus import files
from harness.corpus.check_doubts import doubts, is_answered, lone_stories
from harness.corpus.check_flat import flattened_problems
from harness.corpus.check_header import fence_line, header_problems, key_line
from harness.corpus.check_labels import label_problems
from harness.corpus.check_raw import Content, labelling_mark, logged_in, near_copies, unnamed_copies
from harness.corpus.check_text import invisible_sentence, text_problems
from harness.corpus.corpus import Entry, entry_for, folders, load_page, page_blocks
from harness.corpus.files import MAX_PAGE_BYTES, PAGE_LIMIT
from harness.corpus.gold import parse
from harness.corpus.header import Problem
from harness.corpus.segment import placed_blocks
from harness.errors import CorpusError, NothingMatched, UsageError, did_you_mean
from harness.escape import visible
from harness.records import LABELS, Gold, Line, is_page_id

SECOND = ".b.txt"
"""How the name of a second, blind labelling ends."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A problem with the file it is in. `path` is relative to the corpus, `line` and `column` count from 1."""

    path: str
    line: int
    column: int
    code: str
    message: str

    @property
    def severity(self) -> Literal["error", "warning"]:
        return "error" if self.code.startswith("E") else "warning"


def check(root: Path, pages: Sequence[str] | None = None) -> list[Finding]:
    """Return the findings for a corpus folder, or for the named pages of it, sorted by file and line, at most one a line.

    Copies (E051) are looked for among the pages that are checked. Raises UsageError for a folder that is no corpus or a page
    that is not there, NothingMatched for a corpus without pages.
    """
    return sorted(_Check(root).run(pages))


def as_text(findings: Iterable[Finding]) -> str:
    """Return one `path:line: CODE message` line per finding, as compilers write them; what steers a terminal is escaped."""
    return "\n".join(visible(f"{found.path}:{found.line}: {found.code} {found.message}") for found in findings)


def as_json(findings: Iterable[Finding]) -> str:
    """Return one JSON document: `{"schema": 1, "findings": [...]}`."""
    rows = [{**asdict(found), "severity": found.severity} for found in findings]
    return json.dumps({"schema": 1, "findings": rows}, ensure_ascii=False, indent=1)


def as_github(findings: Iterable[Finding]) -> str:
    """Return workflow commands that GitHub shows beside the lines of a pull request."""
    return "\n".join(
        f"::{found.severity} file={_property(found.path)},line={found.line},title={found.code}::{_data(found.message)}"
        for found in findings
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


@dataclass
class _Check:
    root: Path
    found: dict[tuple[str, int], Finding] = field(default_factory=dict)
    contents: dict[str, Content] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    closed: set[Path] = field(default_factory=set)

    def run(self, pages: Sequence[str] | None) -> list[Finding]:
        folders(self.root)
        known = sorted({*self.ids("raw", (".html", ".txt"), report=pages is None), *self.ids("gold", (".txt",), report=pages is None)})
        if not known and not self.found:
            raise NothingMatched(f"{self.root} has no pages. Add raw/<site>/<name>.html and gold/<site>/<name>.txt.")
        for page in pages or ():
            if page not in known and not self.closed_to(page):
                raise UsageError(f'There is no page "{page}" in {self.root}.{did_you_mean(page, known)}')
        for page in known if pages is None else sorted(set(pages)):
            self.page(page)
        for page, (other, percent) in near_copies(self.contents).items():
            self.add(f"gold/{page}.txt", Problem(1, "E051", f"Same page as {other} ({percent}% of the words)."))
        for page, (other, percent) in unnamed_copies(self.contents).items():
            say = f'{percent}% of the shorter body is in {other} too. If both tell one story, name it in both headers: story = "…".'
            self.warn(page, "W110", say)
        # Of a selection, or beside pages that could not be read, nothing can be said: the other copies may be among those.
        if pages is None and not any(found.severity == "error" for found in self.found.values()):
            for page, sentence in lone_stories({page: content.story for page, content in self.contents.items()}):
                self.warn(page, "W111", sentence)
        return list(self.found.values())

    def add(self, path: str, problem: Problem) -> None:
        found = Finding(path, problem.line, problem.column, problem.code, problem.message)
        self.found.setdefault((path, problem.line), found)

    def warn(self, page: str, code: str, sentence: str) -> None:
        """Add a warning on a page as a whole, unless its gold file answers it."""
        text = self.texts[page]
        if not is_answered(text, code):
            self.add(f"gold/{page}.txt", Problem(key_line(text, "story") if code == "W111" else fence_line(text), code, sentence))

    def refuse(self, path: Path, code: str, sentence: str) -> None:
        """Report something that is no regular file or cannot be read; nothing below it is looked at."""
        self.closed.add(path)
        self.add(self.name(path), Problem(1, code, sentence))

    def closed_to(self, page: str) -> bool:
        """Tell whether one of the page's folders could not be looked into, so that nothing can be said of the page."""
        site = page.partition("/")[0]
        return any(self.root / top in self.closed or self.root / top / site in self.closed for top in ("raw", "gold"))

    def ids(self, top: str, endings: Sequence[str], report: bool) -> Iterator[str]:
        """Yield the page ids under `raw` or `gold`; names that are none are reported (E007, E066)."""
        imported = top == "raw" and files.is_imported(self.root)
        for path in files.walk(self.root / top, self.refuse):
            below = path.relative_to(self.root / top)
            name = path.relative_to(self.root).as_posix()
            # A README or a LICENSE beside the sites is no page.
            if len(below.parts) == 1 and path.suffix not in (".html", ".htm"):
                continue
            if files.ending(path, imported=imported) not in endings:
                if report:
                    say = f'Only files that end in {" or ".join(endings)} are read: rename or move "{path.name}".'
                    self.add(name, Problem(1, "E066", say))
                continue
            stem = below.as_posix().removesuffix(SECOND) if name.endswith(SECOND) else files.stem(below).as_posix()
            if is_page_id(stem):
                yield stem
            elif report:
                self.add(name, Problem(1, "E007", _name_sentence(stem)))

    def page(self, page: str) -> None:
        if self.closed_to(page):
            return
        try:
            entry = entry_for(self.root, page)
            golds = [path for path in (entry.gold, entry.gold.with_suffix(SECOND)) if files.exists(path)]
            odd = {path: say for path in (entry.html, entry.text, *golds) if path is not None and (say := files.irregular(path))}
        except CorpusError as error:
            self.unreadable(error)
            return
        for path, say in odd.items():
            self.add(self.name(path), Problem(1, files.IRREGULAR, say))
        if odd:
            return
        if entry.gold not in golds and (entry.html or entry.text):
            raw = self.name(entry.raw)
            self.add(raw, Problem(1, "E061", f"This page has no gold. Make gold/{page}.txt with: clutterbench gold new {raw}"))
        for path in golds:
            try:
                for problem in self.gold(entry, path):
                    self.add(self.name(path), problem)
            except CorpusError as error:
                self.unreadable(error)

    def unreadable(self, error: CorpusError, code: str = files.UNREADABLE) -> None:
        """Report an error, whose sentence begins with the file that it is about, with that file."""
        inside = str(error).removeprefix("" if self.root == Path() else f"{self.root}/")
        place, _, sentence = inside.partition(": ")
        self.add(place, Problem(1, code, sentence))

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def gold(self, entry: Entry, path: Path) -> list[Problem]:
        """Return the problems of one gold file, by line, each line's first; those of its raw page are added to that file's."""
        try:
            text = files.read(path).decode("utf-8")
        except UnicodeDecodeError as error:
            return [Problem(1, "E065", f"The file is not UTF-8 (byte {error.start}). Gold files are UTF-8; convert it.")]
        gold, problems = parse(text)
        if gold is None:
            return problems
        has_raw = bool(entry.html or entry.text)
        if has_raw and (size := entry.raw.stat().st_size) > MAX_PAGE_BYTES:
            self.add(self.name(entry.raw), Problem(1, "E006", _size_sentence(self.name(entry.raw), size)))
            return problems
        data = files.read(entry.raw) if has_raw else b""
        digest = hashlib.sha256(data).hexdigest()
        raw = self.name(entry.raw) if has_raw else f"raw/{entry.id}.html"
        problems += header_problems(text, gold.header, entry.id, raw, digest if has_raw else "")
        problems += label_problems(gold, text)
        if not has_raw:
            # A link-only page is someone else's: its gold may stand here, the page may not.
            if gold.header.get("licence") != "link-only":
                say = f"This gold has no page. Save it as raw/{entry.id}.html, or delete the gold file."
                problems.append(Problem(key_line(text, "raw_sha256"), "E062", say))
            return problems
        given = gold.header.get("raw_sha256")
        if isinstance(given, str) and re.fullmatch("[0-9a-f]{64}", given) and given != digest:
            say = f"raw_sha256 does not fit {raw}. If you saved the page again, run: clutterbench gold rebase {entry.id}"
            problems.append(Problem(key_line(text, "raw_sha256"), "E005", say))
        if gold.coverage == "full":
            problems += self.against_page(entry, gold, data, raw, text, problems, first=path == entry.gold)
        return problems

    def against_page(
        self, entry: Entry, gold: Gold, data: bytes, raw: str, text: str, known: Sequence[Problem], *, first: bool
    ) -> list[Problem]:
        """Return what the page says against a gold file whose other problems are `known`; warnings only where there is no error.

        `first` is for the gold itself: a second labelling is not warned about, since nobody is to mend it.
        """
        if len(data) > PAGE_LIMIT:
            self.add(raw, Problem(1, "E006", _size_sentence(raw, len(data))))
        try:
            page = load_page(entry, "", "")
        except CorpusError as error:
            self.unreadable(error, "E060")
            return []
        blocks = page_blocks(page)
        if suspicion := logged_in(data, blocks):
            line, signs = suspicion
            self.add(raw, Problem(line, "E050", f"{raw} looks like a logged-in page {signs}. Save it again in a private window."))
        if mark := labelling_mark(data, LABELS):
            line, words = mark
            say = f'{raw} carries a mark of a labelling tool ("{words}"): an extractor could read the answer. Save the page without it.'
            self.add(raw, Problem(line, "E052", say))
        sound = not any(map(_is_structural, known))
        if first:
            visible = "\n".join(block.text for block in blocks)
            self.contents[entry.id] = Content(
                entry.id.partition("/")[0], str(gold.header.get("story", "")), visible, gold.body if sound else ""
            )
            self.texts[entry.id] = text
        if not sound:
            return []
        problems = _tabs(gold.lines, text) + text_problems(gold.lines, blocks, raw, fence_line(text))
        if page.html is not None and entry.text is not None:
            problems += flattened_problems(gold.lines, page.text, self.name(entry.text))
        if first and not known and not problems:
            problems += doubts(gold, text, placed_blocks(page.html) if page.html is not None else ())
        return problems


def _is_structural(problem: Problem) -> bool:
    return problem.code in ("E010", "E011", "E012", "E013")


def _size_sentence(raw: str, size: int) -> str:
    return (
        f"{raw} is {size / 2**20:.1f} MB; the limit is {PAGE_LIMIT // 2**20} MB for a page that is contributed "
        f"({MAX_PAGE_BYTES // 2**20} MB for one that is read at all). Save the page without embedded images (view-source, then save)."
    )


def _name_sentence(stem: str) -> str:
    parts = stem.split("/")
    if len(parts) != 2:
        return f'"{stem}" is not <site>/<name>: a page lies in its site\'s folder, and no folder lies in that.'
    which, part = next((which, part) for which, part in zip(("folder", "file"), parts, strict=True) if not is_page_id(f"{part}/x"))
    better = re.sub("[^a-z0-9]+", "-", part.lower()).strip("-") or "page"
    return f'The {which} name must be lower-case letters, digits and hyphens: "{part}" → "{better}".'


def _tabs(lines: Iterable[Line], text: str) -> list[Problem]:
    """Return the lines with a tab: it looks like a blank, and the blocks of a page have none."""
    rows = text.split("\n")
    found = []
    for line in lines:
        row = rows[line.number - 1]
        if "\t" in row:
            column = row.index("\t") + 1
            found.append(Problem(line.number, "E014", invisible_sentence(column, "\t"), column))
    return found
