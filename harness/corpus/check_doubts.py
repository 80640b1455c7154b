"""The lint's warnings (W101 to W111): labels that are allowed and seldom right, for a reviewer to look at.

A warning is answered by mending the label or by a note above the line, `# ok W101: the sentence goes on in the link`. Notes on the page as
a whole (W106 to W108, W110, W111) stand between the header and the first line. An answer to nothing is itself reported (W109), so that
none outlives the line that it was written for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.corpus.check_header import fence_line, key_line
from harness.corpus.difference import quoted
from harness.corpus.groups import Group, grouped
from harness.corpus.header import Problem
from harness.corpus.infer_words import PHRASES
from harness.corpus.segment import Placed
from harness.records import BODY_LABELS, Gold, Line, class_of
from harness.text import tokens, without_space

_ANSWER = re.compile(r"#\s*ok\s+(W\d{3})\s*:\s*\S")
_OF_THE_PAGE = frozenset(("W106", "W107", "W108", "W110", "W111"))

_WORDS_OF_A_LINK = 4
_MOSTLY_LINK = 0.9
_FEW_WORDS = 2
_LONG_CLUTTER = 150
# Text that is long by nature: another story, a reader's letter, consent terms, a copy.
_LONG_BY_NATURE = frozenset(("x-related", "x-comments", "x-cookie", "x-duplicate", "x-hidden", "x-footer", "x-sponsored"))
_REPEATED_WORDS = 8
_OTHER_SHARE, _OTHER_WORDS = 1 / 3, 30
_DETECTABLE_WORDS = 60
_SHORT_BODY = 50
_SHORT_POSTS = frozenset(("forum", "qa", "liveblog"))
"""Page types whose paragraphs may well be two words long."""
_CONFUSED = (
    frozenset(("no", "nb", "nn", "da")), frozenset(("hr", "sr", "bs")), frozenset(("id", "ms")), frozenset(("pt", "gl")),
    frozenset(("cs", "sk")), frozenset(("hi", "mr", "ne")), frozenset(("bg", "mk")), frozenset(("uk", "ru", "be")),
)  # fmt: skip
"""Languages that a detector takes for each other on a page's worth of words."""


def doubts(gold: Gold, text: str, placed: Sequence[Placed]) -> list[Problem]:
    """Return the warnings on one sound gold file that no `# ok` note answers.

    `text` is the file's text and `placed` the blocks of its HTML page, empty for a page stored as text alone: what needs the page's tree
    is then left out.
    """
    groups = [group for group in grouped(gold.lines) if group.key]
    found = [*_lines(gold, groups), *_on_the_page(groups, placed), *_of_the_whole(gold, text)]
    return unanswered(found, text)


def unanswered(found: Iterable[Problem], text: str, *, others: frozenset[str] = frozenset(("W110", "W111"))) -> list[Problem]:
    """Return the warnings that no note in the file answers, and the notes that answer none (W109).

    Answers to `others`, which come of comparing pages, are not judged here.
    """
    answers = _answers(text)
    used: set[tuple[int, str]] = set()
    left = []
    for problem in found:
        place = fence_line(text) if problem.code in _OF_THE_PAGE else problem.line
        if (place, problem.code) in answers:
            used.add((place, problem.code))
        else:
            left.append(problem)
    for (place, code), number in answers.items():
        if (place, code) not in used and code not in others:
            left.append(Problem(number, "W109", f'No {code} is found where this "# ok {code}" answers it. Delete the note.'))
    return left


def is_answered(text: str, code: str) -> bool:
    """Tell whether a note between the header and the first line answers a warning on the page as a whole."""
    return (fence_line(text), code) in _answers(text)


def _answers(text: str) -> dict[tuple[int, str], int]:
    """Return (answered line, code) → the note's own line. Notes stand above their line; before the first line they may be on the page."""
    out: dict[tuple[int, str], int] = {}
    waiting: list[tuple[int, str]] = []
    fence, begun = fence_line(text), False
    for number, row in enumerate(text.split("\n"), 1):
        if number <= fence:
            continue
        if answer := _ANSWER.match(row):
            if not begun and answer[1] in _OF_THE_PAGE:
                out[fence, answer[1]] = number
            else:
                waiting.append((number, answer[1]))
        elif row.strip() and not row.startswith("#"):
            begun = True
            out.update({(number, code): note for note, code in waiting})
            waiting = []
    return out | {(note, code): note for note, code in waiting}


def _lines(gold: Gold, groups: Sequence[Group]) -> Iterator[Problem]:
    """W101 by words, W102, W103, W105: what the lines alone show."""
    seen: dict[str, int] = {}
    for group in groups:
        for line in group.lines:
            words = len(tokens(line.text))
            if line.label in ("p", "li", "h") and PHRASES.open(line.text)[0] == "x-see-also":
                yield _see_also(line)
            elif line.label == "p" and words <= _FEW_WORDS and len(group.lines) == 1 and gold.type not in _SHORT_POSTS:
                say = f"A paragraph of {words} word{'' if words == 1 else 's'}. Heading (h), or clutter?"
                yield Problem(line.number, "W102", say)
            elif class_of(line.label) == "clutter" and words > _LONG_CLUTTER and line.label not in _LONG_BY_NATURE:
                say = f"Clutter of {words} words in one block ({quoted(line.text, 30)}). Is this really clutter?"
                yield Problem(line.number, "W103", say)
            if line.label in ("p", "q") and words >= _REPEATED_WORDS:
                first = seen.setdefault(without_space(line.text), line.number)
                if first != line.number:
                    say = f"This body paragraph repeats line {first}. If the site shows it twice, label one x-duplicate or pull."
                    yield Problem(line.number, "W105", say)


def _see_also(line: Line) -> Problem:
    say = f"{quoted(line.text, 40)} is labelled {line.label} but looks like a link to another article. If so: x-see-also."
    return Problem(line.number, "W101", say)


def _on_the_page(groups: Sequence[Group], placed: Sequence[Placed]) -> Iterator[Problem]:
    """W101 by links, W104: what the page's tree shows of body lines."""
    blocks = [block for block in placed if without_space(block.block.text)]
    if [group.key for group in groups] != [without_space(block.block.text) for block in blocks]:
        return
    for group, block in zip(groups, blocks, strict=True):
        line = group.lines[0]
        if line.label not in BODY_LABELS:
            continue
        if outer := _page_part(block):
            yield Problem(line.number, "W104", f"Body text in the page's {outer} element. Sure?")
        elif line.label == "p" and len(group.lines) == 1 and _is_link(line, block):
            yield _see_also(line)


def _is_link(line: Line, block: Placed) -> bool:
    """Tell whether a paragraph is a link as a whole, and not already reported for its words."""
    return len(tokens(line.text)) >= _WORDS_OF_A_LINK and _link_share(block) >= _MOSTLY_LINK and PHRASES.open(line.text)[0] != "x-see-also"


def _page_part(block: Placed) -> str:
    """Return `nav` or `footer` where the block stands in one; an article's own footer is none of the page's."""
    holder = block.holders[0]
    around = [holder, *holder.iterancestors()]
    if any(element.tag == "nav" or element.get("role") == "navigation" for element in around):
        return "nav"
    tags = [element.tag for element in around]
    return "footer" if "footer" in tags and "article" not in tags[tags.index("footer") :] else ""


def _link_share(block: Placed) -> float:
    inside = total = 0
    for text, holder in zip(block.texts, block.holders, strict=True):
        size = len(without_space(text))
        total += size
        inside += size if holder.tag == "a" or next(holder.iterancestors("a"), None) is not None else 0
    return inside / total if total else 0.0


def _of_the_whole(gold: Gold, text: str) -> Iterator[Problem]:
    """W106, W107, W108: what the page as a whole shows."""
    words: Counter[str] = Counter()
    for line in gold.lines:
        words[line.label] += len(tokens(line.text))
    clutter = sum(count for label, count in words.items() if class_of(label) == "clutter")
    other = words["x-other"]
    if other >= _OTHER_WORDS and other > _OTHER_SHARE * clutter:
        say = f'{other / clutter:.0%} of the clutter words are x-other. Pick types where you can; "other" hides what leaks.'
        yield Problem(fence_line(text), "W106", say)
    yield from _language(gold, text)
    body = sum(words[label] for label in BODY_LABELS)
    if 0 < body < _SHORT_BODY and not gold.header.get("truncated"):
        yield Problem(fence_line(text), "W108", f"Body is {body} words. Is the page truncated? Then set truncated = true.")


def _language(gold: Gold, text: str) -> Iterator[Problem]:
    content = "\n".join(line.text for line in gold.lines if line.label != "code")
    stated = gold.language.split("-")[0].lower()
    if stated == "und" or len(tokens(content)) < _DETECTABLE_WORDS:
        return
    from harness.corpus.new import detected_language

    detected = detected_language(content)
    if detected != stated and not any({detected, stated} <= group for group in _CONFUSED):
        say = f'Language looks like "{detected}", header says "{gold.header.get("lang")}".'
        yield Problem(key_line(text, "lang"), "W107", say)


def lone_stories(stories: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (page, sentence) for each page that names a story which no other page tells (W111). `stories` is page → story."""
    told = Counter(filter(None, stories.values()))
    for page, story in sorted(stories.items()):
        if story and told[story] == 1:
            yield page, f'No other page tells the story "{story}". A typo? Else leave the key out until a second page tells it.'
