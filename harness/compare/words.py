"""What a comparison says in words, the same in every form: the verdict, the counts of pages, the names of labels and changes."""

from __future__ import annotations

from collections.abc import Callable

from harness.compare.changes import WORSE, Change
from harness.compare.comparison import ALL, EQUAL, FATES, Comparison, Figure, LabelChange, PageChange
from harness.records import UNLABELLED
from harness.report.view import count, plural, probability
from harness.stats import ALPHA, FEWEST_SITES
from harness.summary import points, signed


def verdict(found: Comparison, styled: Callable[[str], str] = str) -> str:
    """Say in one or two sentences whether B is better, worse or neither, no more than the test and the number of sites allow.

    `styled` makes the two names, which are not ours, harmless in the format that the sentence is for.
    """
    a, b = styled(found.a.name), styled(found.b.name)
    on = f"on {plural(len(found.rows), 'page')} of {plural(found.sites, 'site')}"
    if all(row.same_answer for row in found.rows):
        return f"{b} answers exactly as {a} does {on}."
    if all(abs(row.difference) <= EQUAL for row in found.rows):
        return f"{b} scores exactly as {a} does {on}, with other words on {plural(sum(not row.same_answer for row in found.rows), 'page')}."
    change = _size(found.f1.difference)
    side = "above" if found.f1.difference > 0 else "below"
    moved = f"{change} of mean F1 {side} {a}" if change else f"level with {a} in mean F1"
    if found.f1.interval is None or found.p is None:
        return f"{b} is {moved} {on}. One site says nothing about others, so there is no interval."
    chance = probability(found.p)
    chance = f"p {chance}" if chance[0] in "<>" else f"p = {chance}"
    span = f"paired 95 % interval {signed(found.f1.interval.low)} to {signed(found.f1.interval.high)}, {chance}"
    if found.sites < FEWEST_SITES:
        few = f"{found.sites} sites are too few to say that either is better ({FEWEST_SITES} is the least)."
        return f"{b} is {moved} {on} ({span}). {few}"
    if found.p < ALPHA and not found.f1.interval.low <= 0 <= found.f1.interval.high:
        better = "better" if found.f1.difference > 0 else "worse"
        return f"{b} is {better} than {a} by {change} of mean F1 {on} ({span})."
    least = f" A difference of {points(found.detectable)} points would mostly have shown." if found.detectable else ""
    apart = f"its mean F1 is {change} {'higher' if side == 'above' else 'lower'}" if change else "their mean F1 is the same"
    return f"{b} cannot be told apart from {a}: {apart} {on} ({span}).{least}"


def _size(difference: float) -> str:
    """Format a difference's size in points with as many decimals, up to three, as it takes not to be 0; '' for none."""
    size = abs(100 * difference)
    if size <= 100 * EQUAL:
        return ""
    digits = next((digits for digits in (1, 2, 3) if round(size, digits)), 0)
    return f"{size:.{digits}f} points" if digits else "less than 0.001 points"


def fates(found: Comparison) -> str:
    """Count the pages by what became of them: `41 better, 12 worse, 2 newly failing, 0 fixed, 126 the same (120 word for word)`."""
    counted = found.fates
    alike = sum(row.same_answer for row in found.rows)
    order = [fate for fate in reversed(FATES) if fate not in ("same", "fixed")]
    parts = [f"{counted[fate]} {fate}" for fate in order] + [f"{counted['fixed']} fixed"]
    return f"{', '.join(parts)}, {counted['same']} the same ({alike} word for word)"


def with_interval(figure: Figure) -> str:
    """Format a difference with its interval, in points: `+0.8 (−0.2 to +1.4)`."""
    span = f" ({signed(figure.interval.low)} to {signed(figure.interval.high)})" if figure.interval else ""
    return signed(figure.difference) + span


def label_name(row: LabelChange) -> str:
    """Name a label row: `x-nav`, `x-nav, inferred`, `all body`, `all clutter`."""
    if row.label == ALL:
        return "all body" if row.lost else "all clutter"
    name = "not told apart" if row.label == UNLABELLED else row.label
    return f"{name}, inferred" if row.inferred else name


def moved_labels(found: Comparison, *, lost: bool) -> list[LabelChange]:
    """Return the label rows to show: all together, and those whose words or figures differ."""
    return [row for row in found.labels if row.lost == lost and (row.label == ALL or row.a != row.b)]


def change_of(number: int) -> str:
    """Format a difference of counts with its sign."""
    return "0" if not number else ("+" if number > 0 else "−") + count(abs(number))


def moved_rows(found: Comparison) -> tuple[list[PageChange], list[PageChange], list[PageChange]]:
    """Return the pages that got worse, worst first, those that got better, best first, and those whose words differ at the same F1."""
    worse = [row for row in found.rows if row.fate in ("newly failing", "worse")]
    better = [row for row in reversed(found.rows) if row.fate in ("better", "fixed")]
    other = [row for row in found.rows if row.fate == "same" and not row.same_answer]
    return worse, better, other


def state(row: PageChange) -> str:
    """Say how a page's answers ended where either is not plainly there: `ok → timeout`; '' where both are.

    Of two answers whose scored words are the same it says that.
    """
    if set(row.statuses) == {"ok"}:
        return "" if row.changes or row.same_answer else "only in text that is not scored"
    return row.statuses[0] if len(set(row.statuses)) == 1 else " → ".join(row.statuses)


def longest(row: PageChange, limit: int) -> tuple[list[Change], int]:
    """Return at most `limit` changes and how many are left out: those first that go the way of the page, and have most words."""
    fallen = row.difference <= 0
    ordered = sorted(row.changes, key=lambda change: ((change.kind in WORSE) != fallen, -change.words))
    return ordered[:limit], max(0, len(ordered) - limit)
