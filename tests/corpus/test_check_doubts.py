"""Every warning: a page without one is written, one thing is made doubtful, exactly that code must come, at that line.

The wordings of W101 to W108 are those of section 3.4 of the reference report (`report-gold-cli.md`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from harness.corpus.check import check

SENTENCES = [
    "The harbour board of Saltmarsh met on Thursday evening to talk about the last boat of the day.",
    "Its chairman said that fewer people took it every year, and that the crew would rather sleep.",
    "Several nurses who work at night said that they would have no way to get home without it.",
    "The board will look at the timetable again in March and asks for letters until then.",
]
BODY = [f"<p>{sentence}</p>" for sentence in SENTENCES]
LINES = [f"p: {sentence}" for sentence in SENTENCES]
FENCE = 11


def write(root: Path, html: list[str], lines: list[str], *, page: str = "quay/ferry", **changes: str) -> None:
    """Write a page of body fragments and the gold's lines; the header ends in line 11, and one line more for each further key."""
    data = f"<!doctype html><html><body>{''.join(html)}</body></html>".encode()
    keys = {
        "format": "1", "url": '"https://quay.example/ferry"', "site": f'"{page.partition("/")[0]}"', "lang": '"en"', "type": '"news"',
        "licence": '"CC0-1.0"', "origin": '"original"', "labelled_by": '"mara-k"',
        "raw_sha256": f'"{hashlib.sha256(data).hexdigest()}"', **changes,
    }  # fmt: skip
    rows = ["+++", *(f"{key} = {value}" for key, value in keys.items()), "+++", *lines]
    for path, content in ((root / f"raw/{page}.html", data), (root / f"gold/{page}.txt", ("\n".join(rows) + "\n").encode())):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def found(root: Path) -> list[tuple[int, str, str]]:
    return [(one.line, one.code, one.message) for one in check(root)]


def test_nothing_to_doubt(tmp_path: Path) -> None:
    write(tmp_path, BODY, LINES)
    assert found(tmp_path) == []


LONG = "The council also let it be known that " + " ".join(f"point{number} was heard" for number in range(60))
OTHER = "Please choose a region before you go on so that we can show you offers from the shops in it. " * 2
GERMAN = [
    "Der Hafenrat der Stadt hat am Donnerstag über die letzte Fähre des Tages gesprochen und keine Entscheidung getroffen.",
    "Der Vorsitzende sagte, dass jedes Jahr weniger Menschen mitfahren und die Mannschaft lieber schlafen würde.",
    "Mehrere Krankenschwestern erklärten, dass sie ohne das Schiff nach der Schicht nicht nach Hause kommen.",
    "Im März wird der Fahrplan noch einmal geprüft, bis dahin bittet der Rat um Briefe der Bürger.",
]
# Words by hand: LONG is 8 + 60 × 3 = 188; OTHER is 2 × 20 = 40 of 43 clutter words with "Home News Sport" → 93 %; "Thursday." is 1.
CASES = {
    "see-also by its words": (
        [*BODY, "<p>READ MORE: Bridge toll to rise again</p>"], [*LINES, "p: READ MORE: Bridge toll to rise again"], {},
        FENCE + 5, "W101",
        '"READ MORE: Bridge toll to rise again" is labelled p but looks like a link to another article. If so: x-see-also.'),
    "see-also by its link": (
        [*BODY, '<p><a href="/b">Bridge toll to rise again in spring</a></p>'], [*LINES, "p: Bridge toll to rise again in spring"], {},
        FENCE + 5, "W101",
        '"Bridge toll to rise again in spring" is labelled p but looks like a link to another article. If so: x-see-also.'),
    "short paragraph": (
        [*BODY, "<p>Last Thursday.</p>"], [*LINES, "p: Last Thursday."], {}, FENCE + 5, "W102",
        "A paragraph of 2 words. Heading (h), or clutter?"),
    "long clutter": (
        [*BODY, f"<p>{LONG}</p>"], [*LINES, f"x-ad: {LONG}"], {}, FENCE + 5, "W103",
        'Clutter of 188 words in one block ("The council also let it be kn…"). Is this really clutter?'),
    "body in the footer": (
        [*BODY[:3], f"<footer>{BODY[3]}</footer>"], LINES, {}, FENCE + 4, "W104", "Body text in the page's footer element. Sure?"),
    "body in the menu": (
        [f'<div role="navigation">{BODY[0]}</div>', *BODY[1:]], LINES, {}, FENCE + 1, "W104", "Body text in the page's nav element. Sure?"),
    "repeated paragraph": (
        [*BODY, BODY[1]], [*LINES, LINES[1]], {}, FENCE + 5, "W105",
        f"This body paragraph repeats line {FENCE + 2}. If the site shows it twice, label one x-duplicate or pull."),
    "other": (
        ["<ul><li>Home<li>News<li>Sport</ul>", *BODY, f"<p>{OTHER}</p>"],
        ["x-nav: Home", "x-nav: News", "x-nav: Sport", *LINES, f"x-other: {OTHER.strip()}"], {}, FENCE, "W106",
        '93% of the clutter words are x-other. Pick types where you can; "other" hides what leaks.'),
    "language": (
        [f"<p>{sentence}</p>" for sentence in GERMAN], [f"p: {sentence}" for sentence in GERMAN], {}, 5, "W107",
        'Language looks like "de", header says "en".'),
    "short body": (BODY[:1], LINES[:1], {}, FENCE, "W108", "Body is 18 words. Is the page truncated? Then set truncated = true."),
    "answer to nothing": (
        BODY, [LINES[0], "# ok W101: a sentence needs the link", *LINES[1:]], {}, FENCE + 2, "W109",
        'No W101 is found where this "# ok W101" answers it. Delete the note.'),
    "story told once": (
        BODY, LINES, {"story": '"last-boat"'}, 11, "W111",
        'No other page tells the story "last-boat". A typo? Else leave the key out until a second page tells it.'),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_warnings(tmp_path: Path, case: str) -> None:
    html, lines, changes, line, code, message = CASES[case]
    write(tmp_path, html, lines, **changes)
    assert found(tmp_path) == [(line, code, message)]


@pytest.mark.parametrize("case", [case for case in CASES if case != "answer to nothing"])
def test_a_note_answers_a_warning(tmp_path: Path, case: str) -> None:
    html, lines, changes, line, code, _ = CASES[case]
    below = line - FENCE - len(changes) - 1
    place = max(below, 0)
    write(tmp_path, html, [*lines[:place], f"# ok {code}: it is so on the page", *lines[place:]], **changes)
    assert found(tmp_path) == []


def test_an_answer_needs_a_reason(tmp_path: Path) -> None:
    write(tmp_path, BODY[:1], ["# ok W108:", *LINES[:1]])
    assert [code for _, code, _ in found(tmp_path)] == ["W108"]


def test_what_is_no_doubt(tmp_path: Path) -> None:
    """A link within a sentence, an article's own footer, a short post of a thread, a short teaser, a long reader's letter."""
    linked = "The <a href='/t'>timetable that the board made in the spring of that year</a> stays as it is."
    html = [*BODY, f"<p>{linked}</p>", "<article><footer><p>The nurses have written a letter to the mayor.</p></footer></article>"]
    lines = [
        *LINES,
        "p: The timetable that the board made in the spring of that year stays as it is.",
        "p: The nurses have written a letter to the mayor.",
    ]
    write(tmp_path, html, lines)
    write(tmp_path, [*BODY, "<p>Me too.</p>", f"<p>{LONG}</p>"], [*LINES, "p: Me too.", f"x-comments: {LONG}"], page="mole/thread",
          type='"forum"')  # fmt: skip
    write(tmp_path, ["<p>The board met at ten.</p>"], ["p: The board met at ten."], page="pier/stub", truncated="true")
    assert [row for row in found(tmp_path) if row[1] != "W110"] == []


def test_copies_that_name_no_story(tmp_path: Path) -> None:
    """The copy lacks the last of four paragraphs: all its words are in the other, whose page is too unlike it for E051."""
    menu = [f"<p>Section {number} of the quay and its many corners</p>" for number in range(20)]
    nav = [f"x-nav: Section {number} of the quay and its many corners" for number in range(20)]
    write(tmp_path, BODY, LINES, page="echo/copy")
    write(tmp_path, [*menu, *BODY[:3]], [*nav, *LINES[:3]], page="quay/ferry")
    say = '100% of the shorter body is in echo/copy too. If both tell one story, name it in both headers: story = "…".'
    assert found(tmp_path) == [(FENCE, "W110", say)]
    write(tmp_path, BODY, LINES, page="echo/copy", story='"last-boat"')
    write(tmp_path, [*menu, *BODY[:3]], [*nav, *LINES[:3]], page="quay/ferry", story='"last-boat"')
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        ('<style id="cc-extraStyle">p{}</style>', "cc-extraStyle"),  # WebMainBench's labelling tool
        ('<p class="mark-selected">', "mark-selected"),
        ('<span __boilernet_label="1">', "__boilernet_label"),  # BoilerNet
        ('<span class="x-nc-sel2">', "x-nc-sel2"),  # L3S-GN1
        ('<div data-label="x-trending">', '<div data-label="x-trending'),  # ours
    ],
)
def test_marks_of_labelling_tools(tmp_path: Path, mark: str, shown: str) -> None:
    write(tmp_path, [BODY[0], "\n", mark, *BODY[1:]], LINES)
    say = (
        f'raw/quay/ferry.html carries a mark of a labelling tool ("{shown}"): an extractor could read the answer. Save the page without it.'
    )
    assert [(one.path, one.line, one.code, one.message) for one in check(tmp_path)] == [("raw/quay/ferry.html", 2, "E052", say)]


def test_class_names_of_real_sites_are_no_marks(tmp_path: Path) -> None:
    write(tmp_path, ['<div class="x-nav trending" data-label="nav" aria-label="x">', *BODY, "</div>"], LINES)
    assert found(tmp_path) == []


def test_second_labellings_are_not_warned_about(tmp_path: Path) -> None:
    html = CASES["repeated paragraph"][0]
    write(tmp_path, html, [*LINES, "x-duplicate: " + SENTENCES[1]])
    gold = tmp_path / "gold/quay/ferry.txt"
    second = gold.read_text(encoding="utf-8").replace("x-duplicate:", "p:")
    gold.with_name("ferry.b.txt").write_text(second, encoding="utf-8")
    assert found(tmp_path) == []
