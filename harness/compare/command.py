"""What `clutterbench compare` does: find both sides, compare, judge, show, and keep the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.compare import baseline, gate, sides
from harness.compare.comparison import Comparison
from harness.compare.comparison import compare as compare_sides
from harness.compare.document import as_json
from harness.compare.gate import Gate
from harness.compare.markdown import markdown
from harness.compare.sides import Side
from harness.compare.terminal import terminal
from harness.corpus import corpus as corpora
from harness.corpus.corpus import Corpus
from harness.errors import NotComparable, UsageError
from harness.progress import Progress
from harness.store import Cache, replace_text
from harness.summary import points


@dataclass(frozen=True)
class Request:
    """What was asked for: one name (against the baseline) or two, on some pages or all, and with which limits."""

    names: tuple[str, ...]
    pages: tuple[str, ...]
    limits: Gate
    baseline: Path | None
    write: bool
    lower: bool


@dataclass(frozen=True)
class Outcome:
    """What came of it: the result, sentences for standard error, and whether anything is amiss."""

    text: str
    said: tuple[str, ...]
    failed: bool


def request(
    names: Sequence[str], pages: Sequence[str], under: float | None, page: float | None, leaks: Sequence[str], file: Path | None, *,
    write: bool, lower: bool,
) -> Request:  # fmt: skip
    """Check what was asked for. Raises UsageError for what does not fit together."""
    if write and file is None:
        raise UsageError("--write-baseline needs --baseline FILE, the file to write.")
    if lower and not write:
        raise UsageError("--lower-baseline only says that --write-baseline may store worse answers; give both.")
    wanted = 1 if file else 2
    if len(names) != wanted:
        what = "the one that is compared with the baseline, B" if file else "two to compare, A and B"
        raise UsageError(f"Name {what}; {len(names)} {'was' if len(names) == 1 else 'were'} named.")
    return Request(tuple(names), tuple(pages), gate.gate(under, page, leaks), file, write, lower)


def compare(root: Path, asked: Request, form: str, html: Path | None, progress: Progress, slots: int | None = None) -> Outcome:
    """Compare as asked and return what to show, as `text`, `json` or `markdown`; write the HTML page and the baseline where wanted."""
    corpus = corpora.load(root)
    with Cache(root) as cache:
        found_sides = sides.resolve(corpus, asked.names, asked.pages, cache, progress, slots)
        b = found_sides[-1]
        if asked.baseline is None:
            a = found_sides[0]
        elif asked.write and (new := _first_or_other(asked, corpus, b)):
            return new
        else:
            a = sides.of_baseline(asked.baseline, corpus, asked.pages)
        found = compare_sides(corpus, a, b, cache, progress)
    broken = gate.failures(asked.limits, found)
    text = {"text": lambda: terminal(found, broken), "json": lambda: as_json(found, asked.limits, broken)}.get(
        form, lambda: markdown(found, broken)
    )()
    said = [f"gate: {sentence}" for sentence in broken] if form != "text" else []
    if html is not None:
        from harness.compare import page

        replace_text(html, page.html(found, corpus, broken))
        said.append(f"page: {html}")
    if asked.limits.limits and not broken:
        said.append("the gate is passed")
    worst = found.rows[0]
    if b.run and worst.difference < 0 and form == "text":
        corpus_option = "" if root == Path() else f" --corpus {root}"
        said.append(f"next: clutterbench show {worst.page} -x '{b.answers[worst.page].extractor}' --run {b.run}{corpus_option}")
    refused = _written(asked, found, broken, said)
    return Outcome(text, tuple(said), bool(broken or refused))


def _first_or_other(asked: Request, corpus: Corpus, b: Side) -> Outcome | None:
    """Write a baseline where there is none to compare with; None where there is one of the same signature."""
    assert asked.baseline is not None
    if asked.baseline.exists():
        try:
            sides.check_comparable(sides.of_baseline(asked.baseline, corpus, asked.pages), b, corpus)
        except NotComparable as error:
            if asked.lower:
                baseline.write(asked.baseline, b.facts(), b.answers)
                return Outcome("", (f"{error} The baseline was replaced all the same, as --lower-baseline says.",), False)
            raise NotComparable(
                f"{error} So nobody can say which is worse; --lower-baseline replaces what is stored without comparing."
            ) from None
        return None
    baseline.write(asked.baseline, b.facts(), b.answers)
    return Outcome("", (f"{asked.baseline} is written, {len(b.answers)} pages; there was none to compare with",), False)


def _written(asked: Request, found: Comparison, broken: Sequence[str], said: list[str]) -> bool:
    """Write the baseline if that was asked for and may be; returns whether it was refused. What is done is `said`."""
    if not asked.write or asked.baseline is None:
        return False
    if broken:
        said.append(f"{asked.baseline} was not written, for the gate failed")
        return True
    if found.f1.difference < 0 and not asked.lower:
        said.append(
            f"{asked.baseline} was not written: it holds a mean F1 of {points(found.f1.a)} and this is lower, {points(found.f1.b)}; "
            "if that is meant, add --lower-baseline"
        )
        return True
    baseline.write(asked.baseline, found.b.facts(), found.b.answers)
    said.append(f"{asked.baseline} is written")
    return False
