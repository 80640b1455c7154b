"""What every form of the report shows: the order of rows, the words for figures, and labels as a grid. No layout, no escaping."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.score import HEADLINE
from harness.stats import FEWEST_SITES, Interval, LabelRow, Row
from harness.summary import Entrant, Summary, TrackSummary, points, signed

CATEGORIES = ("extractor", "converter", "baseline")
FAILURES = ("error", "timeout", "crash", "memory")
FEWEST_LABEL_PAGES = 5
"""A label on fewer pages gets no percentage in the grids: one page would decide it. The CSV files hold its counts."""

_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def visible(text: str) -> str:
    r"""Return the text with control, direction and other invisible characters, and line ends, as escapes such as `\u202e`."""
    if text.isprintable():  # true for nearly all text, and false for all of these categories
        return text
    return "".join(_escape(character) if unicodedata.category(character) in _UNSEEN else character for character in text)


def _escape(character: str) -> str:
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    code = ord(character)
    return short or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def shortened(text: str, limit: int) -> str:
    """Return at most `limit` characters of a text, the last one an ellipsis where some were cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def count(number: int) -> str:
    """Format a count with narrow spaces between thousands."""
    return f"{number:,}".replace(",", "\u202f")


def plural(number: int, word: str) -> str:
    """Return a count with its noun, such as `1 page` or `12 pages`."""
    return f"{count(number)} {word}" + ("" if number == 1 else "s")


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of a leaderboard. `row` is None for an extractor that did not run; `leak` the leaked share of all clutter words."""

    entrant: Entrant
    row: Row | None
    leak: float | None

    @property
    def apart(self) -> int:
        """0 among the extractors, 1 for converters and baselines, which do not compete, 2 for what did not run."""
        if self.row is None:
            return 2
        return 0 if self.entrant.category == "extractor" else 1


def standings(track: TrackSummary, metric: str = HEADLINE) -> list[Standing]:
    """Return a track's leaderboard: extractors, converters, baselines, each best first, then those that did not run."""
    entrants = {entrant.name: entrant for entrant in track.entrants}
    leaks = leak_rates(track)
    found = [Standing(entrants[row.extractor], row, leaks.get(row.extractor)) for row in track.table(metric)]
    found.sort(key=lambda standing: CATEGORIES.index(standing.entrant.category))
    return found + [Standing(entrant, None, None) for entrant in track.entrants if entrant.reason]


def leak_rates(track: TrackSummary) -> dict[str, float]:
    """Return each extractor's leaked share of all clutter words; none where the pages have no clutter."""
    sums: dict[str, tuple[int, int]] = {}
    for row in track.leaks:
        found, tokens = sums.get(row.extractor, (0, 0))
        sums[row.extractor] = (found + row.found, tokens + row.tokens)
    return {name: found / tokens for name, (found, tokens) in sums.items() if tokens}


def with_interval(value: float | None, interval: Interval | None) -> str:
    """Format a share with its interval: `95.8 (94.6–96.8)`, `95.8` where there is none, `–` where there is no figure."""
    return points(value) + (f" ({points(interval.low)}–{points(interval.high)})" if interval else "")


def rank(row: Row) -> str:
    """Format a rank range, `–` for a row that has none."""
    if row.rank is None:
        return "–"
    low, high = row.rank
    return str(low) if low == high else f"{low}–{high}"


def behind(row: Row, *, interval: bool = True) -> str:
    """Format the paired difference to the leader and the judgement on it: `−1.0 (−3.0 to +1.0) tie`; `–` where there is neither."""
    parts = []
    if row.behind is not None and row.behind_interval is not None:
        parts.append(signed(row.behind))
        if interval:
            parts.append(f"({signed(row.behind_interval.low)} to {signed(row.behind_interval.high)})")
    return " ".join([*parts, judgement(row)]).strip() or "–"


def judgement(row: Row) -> str:
    """Say in a word how a ranked row stands to the leader: `leader`, `worse`, `tie`, or `open` on too few sites; '' if not ranked."""
    if row.rank is None:
        return ""
    if row.behind is None:
        return "leader"
    if row.separable:
        return "worse"
    return "open" if row.sites < FEWEST_SITES else "tie"


def failed(row: Row) -> int:
    """Count the pages where an extractor gave no answer."""
    return sum(row.statuses.get(status, 0) for status in FAILURES)


def failed_by_status(row: Row) -> str:
    """Name how pages failed: `2 timeout, 1 crash`; '' where none did."""
    # The space does not break, so that a narrow column keeps each number with its word.
    return ", ".join(f"{row.statuses[status]}\u00a0{status}" for status in FAILURES if row.statuses.get(status))


def signatures(summary: Summary) -> list[str]:
    """Return the run's signatures, each once: the headline's of every track first."""
    found = [signature for track in summary.tracks for signature in track.signatures.values()]
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Column:
    """A label of a grid: its name, the pages that have it and its words on them."""

    label: str
    pages: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Extractors × labels. `columns` go most common first; `rare` are the labels on too few pages for a percentage."""

    columns: tuple[Column, ...]
    rare: tuple[Column, ...]
    lines: Mapping[str, tuple[float, ...]]


def grid(names: Sequence[str], rows: Iterable[LabelRow], *, lost: bool) -> Grid:
    """Arrange label rows for the named extractors: the share that got out of a clutter label, or that was `lost` of a body label."""
    known = {(row.extractor, row.label): row for row in rows}
    columns = {row.label: Column(row.label, row.pages, row.tokens) for row in known.values()}
    common = sorted(columns.values(), key=lambda column: (-column.pages, -column.tokens, column.label))
    shown = tuple(column for column in common if column.pages >= FEWEST_LABEL_PAGES)
    rates = {key: 1 - row.rate if lost else row.rate for key, row in known.items()}
    lines = {name: tuple(rates[name, column.label] for column in shown) for name in names}
    return Grid(shown, tuple(column for column in common if column.pages < FEWEST_LABEL_PAGES), lines)


def heat(rate: float) -> int:
    """Return the step of a cell's colour, 0 to 4."""
    return sum(rate >= bound for bound in HEAT_BOUNDS)


HEAT_BOUNDS = (0.05, 0.2, 0.4, 0.7)
