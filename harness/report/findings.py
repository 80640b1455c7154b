"""The sentence that opens each page of the report: what its figures say, by rules that cannot claim more.

They name the highest, the lowest and counts. Who is *better* is said by the verdict alone, which has the tests behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from harness.records import LABELS
from harness.report import view
from harness.report.sections import Section
from harness.stats import LabelRow
from harness.summary import PHRASES_ALONE, Summary, points

HARD, EASY = 0.5, 0.9
"""A page is hard where even the best extractor's F1 is below the one, easy where all reach the other."""


def leaks(section: Section) -> str:
    """Say how much clutter gets out, least and most, and of which kind most."""
    rates = {one.entrant.name: one.leak for one in section.standings if one.apart == 0 and one.leak is not None}
    if not rates:
        if section.track.rows and not section.ran:
            return PHRASES_ALONE
        return "No extractor ran on pages with clutter, so there is nothing to say on leaks."
    text = f"{_span(rates, 'let through', 'lets through')} of the words of clutter."
    kinds = [column for column in section.leaks.columns if column.label in LABELS]
    if kinds:
        middle = {}
        for column in kinds:
            at = section.leaks.columns.index(column)
            middle[column.label] = median(section.leaks.lines[name][at] for name in rates)
        worst = max(middle, key=lambda label: (round(middle[label], 6), label))
        guessed = " (as inferred)" if any(column.label == worst and column.inferred for column in kinds) else ""
        text += f" The kind that leaks most in the median extractor is {worst}{guessed}: {points(middle[worst])} % of its words."
    return text


def losses(section: Section) -> str:
    """Say how much of the body is lost, least and most."""
    compete = {one.entrant.name for one in section.standings if one.apart == 0}
    rates = {name: 1 - rate for name, rate in _pooled(section.track.losses).items() if name in compete}
    return f"{_span(rates, 'lose', 'loses')} of the words of the body." if rates else ""


def tradeoffs(section: Section) -> str:
    """Name who has the highest precision and who the highest recall."""
    rows = [one.row for one in section.standings if one.apart == 0 and one.row]
    precise = max(rows, key=lambda row: (round(row.precision or 0, 6), row.extractor), default=None)
    whole = max(rows, key=lambda row: (round(row.recall or 0, 6), row.extractor), default=None)
    if precise is None or whole is None:
        return PHRASES_ALONE if section.track.rows else "No extractor ran, so there is nothing to weigh."
    first = f"{precise.extractor} has the highest mean precision, {view.with_interval(precise.precision, precise.precision_interval)}"
    if precise.extractor == whole.extractor:
        return f"{first}, and the highest mean recall, {view.with_interval(whole.recall, whole.recall_interval)}."
    return f"{first}; {whole.extractor} the highest mean recall, {view.with_interval(whole.recall, whole.recall_interval)}."


def slices(section: Section) -> str:
    """Say on how many parts of the corpus the highest mean is the same extractor's as over all pages, and name the others."""
    compete = [index for index, one in enumerate(section.ran) if one.apart == 0]
    if not compete or not section.slices:
        return "No part of these pages is large enough for a figure of its own."
    leader = section.ran[compete[0]].entrant.name
    others = []
    for part in section.slices:
        best = max(compete, key=lambda index: (round(part.rows[index].f1 or 0.0, 6), -index))
        if section.names[best] != leader:
            others.append(f"{part.name} ({section.names[best]})")
    same = len(section.slices) - len(others)
    text = f"{leader}, highest over all pages, is so too on {same} of {view.plural(len(section.slices), 'part')} of them"
    return f"{text}; another is on {', '.join(others[:6])}{' and more' if len(others) > 6 else ''}." if others else f"{text}."


def pages(section: Section) -> str:
    """Name the page where extractors differ most, or count those where they do so alike; and count the hard and the easy ones."""
    if not section.pages or not section.ran:
        return PHRASES_ALONE if section.track.rows else "No extractor ran on any page."
    widest = section.pages[0]
    alike = sum(round(line.spread, 6) == round(widest.spread, 6) for line in section.pages)
    where = f"{widest.row.page}, from F1 {points(widest.worst)} to {points(widest.best)}"
    if alike > 1:
        where = f"{view.count(alike)} pages alike, by {points(widest.spread)} points (the first by name: {widest.row.page})"
    hard = sum(line.best < HARD for line in section.pages)
    easy = sum(line.worst >= EASY for line in section.pages)
    return (
        f"Extractors differ most on {where}. Of "
        f"{view.plural(len(section.pages), 'page')}, {view.count(hard)} {'is' if hard == 1 else 'are'} below {points(HARD)} for all of "
        f"them, {view.count(easy)} at {points(EASY)} or above for all."
    )


def corpus(summary: Summary) -> str:
    """Say how many pages, sites, languages and types there are, and what their words are."""
    found = {row.page: row for track in summary.tracks for row in track.page_rows}
    if not found:
        return "No page was scored."
    words = {kind: sum(row.words[kind] for row in found.values()) for kind in ("body", "may", "clutter")}
    total = max(1, sum(words.values()))
    shares = ", ".join(f"{points(count / total)} % {kind}" for kind, count in words.items())
    sites, languages, types = (len({getattr(row, field) for row in found.values()}) for field in ("site", "language", "type"))
    return (
        f"{view.plural(len(found), 'page')} of {view.plural(sites, 'site')}, in {view.plural(languages, 'language')} and of "
        f"{view.plural(types, 'type')}. Of {view.plural(total, 'word')}, {shares}."
    )


def robustness(cells: Mapping[str, Mapping[str, Mapping[str, object]]]) -> str:
    """Say how many odd pages were answered, and where most extractors failed."""
    failed: dict[str, int] = {}
    for row in cells.values():
        for page, cell in row.items():
            failed[page] = failed.get(page, 0) + (cell["status"] not in ("ok", "none"))
    calls = sum(len(row) for row in cells.values())
    tried = f"{view.plural(len(cells), 'extractor')} on {view.plural(len(failed), 'odd page')}"
    text = f"{tried}: {view.count(sum(failed.values()))} of {view.count(calls)} calls failed"
    worst = max(failed, key=lambda page: (failed[page], page), default="")
    return f"{text}, most of them on “{worst}” ({view.count(failed[worst])})." if worst and failed[worst] else f"{text}."


def _pooled(rows: Sequence[LabelRow]) -> dict[str, float]:
    """Return each extractor's share of all the words that the rows count."""
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        found, tokens = sums.get(row.extractor, (0, 0))
        sums[row.extractor] = (found + row.found, tokens + row.tokens)
    return {name: found / tokens for name, (found, tokens) in sums.items() if tokens}


def _span(rates: Mapping[str, float], many: str, one: str) -> str:
    order = sorted(rates, key=lambda name: (round(rates[name], 6), name))
    low, high = order[0], order[-1]
    if len(order) == 1:
        return f"{low} {one} {points(rates[low])} %"
    return f"Extractors {many} from {points(rates[low])} % ({low}) to {points(rates[high])} % ({high})"
