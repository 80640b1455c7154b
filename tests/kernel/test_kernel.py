"""The compiled kernel against its definitions, `plain.py` and `tiling.py`: equal on made-up inputs and on AEB's stored answers.

Everything here compares the two, so it is skipped where no kernel was built; the definitions have tests of their own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import align, kernel
from harness import text as text_module
from harness.kernel import plain, tiling

if kernel.BACKEND != "c":
    pytest.skip("the kernel is not built or CLUTTERBENCH_KERNEL=plain is set", allow_module_level=True)

from harness.kernel import _kernel, compiled

# Few different tokens, so that they repeat; some of several characters, some outside the first plane, an empty one.
token = st.sampled_from(["a", "b", "c", "the", "The", "ﬁn", "", "漢", "🏴", "\ud800"])
tokens = st.lists(token, max_size=40)
# More than a machine word of positions, and enough for difflib's popular tokens.
long_tokens = st.lists(st.integers(0, 30).map(lambda n: f"w{n * n // 30}"), min_size=150, max_size=420)
sentences = st.lists(st.lists(token, max_size=12), max_size=8)
text = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="ab é\u0301\u200d漢กั_1²\u00a0\u2028\ud800\U0001f600İß", max_size=80),
    st.lists(st.sampled_from(["one", "two", "Two", "zwölf", "—", "don't", "\n"]), max_size=60).map(" ".join),
)


# Counting


@given(tokens, tokens, st.integers(1, 9))
def test_ngram_overlap(gold: list[str], answer: list[str], n: int) -> None:
    assert _kernel.ngram_overlap(gold, answer, n) == plain.ngram_overlap(gold, answer, n)


@given(tokens, tokens)
def test_set_overlap(gold: list[str], answer: list[str]) -> None:
    assert _kernel.set_overlap(gold, answer) == plain.set_overlap(gold, answer)


@given(text, text, st.integers(1, 7), st.booleans())
def test_word_ngrams(gold: str, answer: str, n: int, lower: bool) -> None:
    assert kernel.word_ngrams(gold, answer, n, lower) == plain.word_ngrams(gold, answer, n, lower)
    assert kernel.word_ngrams(gold, gold + " " + answer, n, lower) == plain.word_ngrams(gold, gold + " " + answer, n, lower)


@given(st.lists(st.tuples(st.sampled_from(["a b c a b c a b", "a b a b", "", "c"]), text, st.integers(1, 5)), max_size=6))
def test_a_gold_that_is_kept_from_call_to_call(calls: list[tuple[str, str, int]]) -> None:
    for gold, answer, n in calls:
        assert kernel.word_ngrams(gold, answer, n) == plain.word_ngrams(gold, answer, n)
        assert kernel.word_ngrams(gold, gold, n) == plain.word_ngrams(gold, gold, n)
        assert kernel.space_lcs(gold, answer) == plain.space_lcs(gold, answer)


@given(text, text)
def test_same_words(gold: str, answer: str) -> None:
    assert kernel.same_words(gold, answer) == plain.same_words(gold, answer)
    assert kernel.same_words(gold, "— " + gold.replace(" ", "  "))


@given(text, text)
def test_space_lcs(gold: str, answer: str) -> None:
    assert kernel.space_lcs(gold, answer) == plain.space_lcs(gold, answer)


@given(st.one_of(tokens, long_tokens), st.one_of(tokens, long_tokens))
def test_lcs_length_and_positions(gold: list[str], answer: list[str]) -> None:
    assert _kernel.lcs_length(gold, answer) == plain.lcs_length(gold, answer)
    assert _kernel.lcs_positions(gold, answer) == plain.lcs_positions(gold, answer)
    assert len(_kernel.lcs_positions(gold, answer)) == _kernel.lcs_length(gold, answer)


def test_lcs_positions_where_columns_are_computed_in_blocks() -> None:
    gold = [f"w{i * i % 97}" for i in range(9000)]
    answer = [f"w{i * i % 89}" for i in range(12000)]
    assert _kernel.lcs_positions(gold, answer) == plain.lcs_positions(gold, answer)


@given(sentences, sentences)
def test_union_lcs(gold: list[list[str]], answer: list[list[str]]) -> None:
    assert _kernel.union_lcs(gold, answer) == plain.union_lcs(gold, answer)
    assert _kernel.union_lcs(iter(gold), iter(gold)) == plain.union_lcs(gold, gold)


@given(long_tokens, long_tokens)
def test_union_lcs_of_long_sentences(gold: list[str], answer: list[str]) -> None:
    cut_gold, cut_answer = [gold[:100], gold[100:]], [answer[:70], answer[70:140], answer[140:]]
    assert _kernel.union_lcs(cut_gold, cut_answer) == plain.union_lcs(cut_gold, cut_answer)


@given(st.one_of(tokens, long_tokens), st.one_of(tokens, long_tokens))
def test_matching_blocks(gold: list[str], answer: list[str]) -> None:
    assert _kernel.matching_blocks(gold, answer) == plain.matching_blocks(gold, answer)


# Tokens


@given(text)
def test_tokens_are_those_of_the_expression(source: str) -> None:
    assert text_module.tokens(source) == text_module._TOKEN.findall(text_module.normalise(source))


def test_classes_of_every_character() -> None:
    """Every code point alone, before a letter, behind a letter and behind an ideograph, under all three tables."""
    for first in range(0, 0x110000, 0x1000):
        characters = [chr(code) for code in range(first, first + 0x1000)]
        mixed = " ".join(f"{character} {character}x x{character}x 漢{character}" for character in characters)
        assert text_module._tokens(mixed) == text_module._TOKEN.findall(mixed)
        assert compiled.words.tokens(mixed) == re.findall(r"\w+", mixed)
        assert compiled.between_spaces.tokens(mixed) == mixed.split()


# Tiling

Page = tuple[list[int], list[int], list[int]]

few = st.integers(0, 3)
many = st.integers(0, 60)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Page, list[int], list[int]]:
    """Draw a page of blocks, and an answer of lines of which many are blocks with a token changed, or words over and over."""
    word = draw(st.sampled_from([few, many]))
    repeated = st.builds(lambda unit, times: unit * times, st.lists(word, min_size=1, max_size=3), st.integers(1, 60))
    block = st.one_of(st.lists(word, max_size=5), st.lists(word, max_size=80), repeated)
    blocks = draw(st.lists(block, max_size=10))
    sequence = [token for block in blocks for token in block]
    starts = [sum(map(len, blocks[:number])) for number in range(len(blocks) + 1)]
    rank = draw(st.lists(st.integers(0, 2), min_size=len(sequence), max_size=len(sequence)))
    answer: list[int] = []
    lines = [0]
    a_block: st.SearchStrategy[list[int]] = st.sampled_from(blocks or [[]])
    for drawn in draw(st.lists(st.one_of(block, a_block), max_size=10)):
        line = list(drawn)
        changed: bool = draw(st.booleans())
        if line and changed:
            line[draw(st.integers(0, len(line) - 1))] = draw(st.integers(-1, 70))
        if line:
            answer.extend(line)
            lines.append(len(answer))
    return (sequence, rank, starts), answer, lines


@settings(max_examples=300)
@given(cases())
def test_places(case: tuple[Page, list[int], list[int]]) -> None:
    page, answer, lines = case
    assert _kernel.Tiling(*page).place(answer, lines) == tiling.Tiling(*page).place(answer, lines)


@pytest.mark.parametrize("unit", [1, 2, 3, 7])
@pytest.mark.parametrize("size", [255, 256, 257, 700, 5000])
def test_runs_that_are_measured_in_wide_steps(unit: int, size: int) -> None:
    """Text that repeats itself, with a few odd tokens: runs of every length on both sides of each width."""
    sequence = [i % unit for i in range(size)] + [9] + [i % unit for i in range(size // 2)]
    page = (sequence, [i % 3 for i in range(len(sequence))], [0, size // 3, size, len(sequence)])
    answer = [i % unit for i in range(size // 2)] + [-1] + [(i + 1) % unit for i in range(size + 40)]
    lines = [0, 3, size // 2, len(answer)]
    assert _kernel.Tiling(*page).place(answer, lines) == tiling.Tiling(*page).place(answer, lines)


def test_many_equal_short_blocks() -> None:
    page = ([0] * 900 + [1, 1] * 50, [i % 3 for i in range(1000)], [*range(900), *range(900, 1001, 2)])
    answer = [0] * 400 + [1, 1] * 30 + [0] * 600
    lines = [*range(400), *range(400, 460, 2), *range(460, 1061)]
    assert _kernel.Tiling(*page).place(answer, lines) == tiling.Tiling(*page).place(answer, lines)


@pytest.mark.parametrize("backend", [_kernel, tiling])
@pytest.mark.parametrize(
    ("sequence", "rank", "starts"),
    [
        ([0, 1], b"\0", [0, 2]), ([0], b"\0", [0]), ([0], b"\0", []), ([0], b"\0", [1]), ([0, 0], b"\0\0", [0, 3, 2]),
        ([-1], b"\0", [0, 1]), ([0], b"\3", [0, 1]),
    ],
)  # fmt: skip
def test_pages_that_do_not_add_up(backend: ModuleType, sequence: list[int], rank: bytes, starts: list[int]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the two say it in different words
        backend.Tiling(sequence, rank, starts)


@pytest.mark.parametrize("backend", [_kernel, tiling])
@pytest.mark.parametrize("lines", [[], [0], [0, 1], [0, 0, 2], [1, 2], [0, 3, 2]])
def test_answers_that_do_not_add_up(backend: ModuleType, lines: list[int]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the two say it in different words
        backend.Tiling([0, 1], b"\0\0", [0, 2]).place([0, 1], lines)


# What Python can do to a C extension


def test_wrong_types_are_refused() -> None:
    for function in (_kernel.ngram_overlap, _kernel.set_overlap, _kernel.lcs_length, _kernel.union_lcs, _kernel.matching_blocks):
        with pytest.raises(TypeError):
            function(1, 2)  # type: ignore[call-arg,arg-type]
        with pytest.raises(TypeError):
            function([1], [2])  # type: ignore[call-arg,list-item]
    with pytest.raises(ValueError, match="at least 1"):
        _kernel.ngram_overlap(["a"], ["a"], 0)
    with pytest.raises(TypeError):
        _kernel.Tiling(["a"], b"\0", [0, 1])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="range"):
        _kernel.Tiling([1 << 40], b"\0", [0, 1])
    with pytest.raises(TypeError):
        compiled.words.tokens(b"bytes")  # type: ignore[arg-type]


def test_a_classifier_that_fails_or_lies() -> None:
    with pytest.raises(ZeroDivisionError):
        _kernel.Cutter(lambda first: bytes(1 // 0)).tokens("a")
    with pytest.raises(ValueError, match="256"):
        _kernel.Cutter(lambda first: b"short").tokens("a")
    with pytest.raises(TypeError):
        _kernel.Cutter(lambda first: "text").tokens("a")  # type: ignore[arg-type,return-value]
    assert _kernel.Cutter(lambda first: b"\xff" * 256).tokens("a\ud800") == ["a\ud800"]


def test_a_classifier_may_use_its_own_cutter() -> None:
    def classify(first: int) -> bytes:
        if not depth:
            depth.append(1)
            assert cutter.tokens("b c") == ["b", "c"]
            assert cutter.shingles("a b", "b a", 1) == (2, 2, 2)
        return bytes(12 if chr(code).isalnum() else 0 for code in range(first, first + 256))

    depth: list[int] = []
    cutter = _kernel.Cutter(classify)
    assert cutter.shingles("a é", "漢 a", 1) == (1, 2, 2)
    depth.clear()
    assert cutter.shingles("a é", "\u1000 a", 2) == (0, 1, 1)
    assert cutter.lcs("a é", "é a") == (1, 2, 2)


# AEB's answers, and the fallback


def aeb(shared: Path) -> list[tuple[str, str]]:
    """Return (gold, answer) of every fifth page for AEB's eight systems."""
    truth = json.loads((shared / "corpora/aeb/ground-truth.json").read_text(encoding="utf-8"))
    pairs: list[tuple[str, str]] = []
    for path in sorted((shared / "corpora/aeb/output").glob("*.json")):
        stored = json.loads(path.read_text(encoding="utf-8"))
        output = stored.get("output", stored)
        pairs.extend((truth[page]["articleBody"], output[page].get("articleBody") or "") for page in sorted(truth)[::5])
    return pairs


def by_sentence(source: str) -> list[list[str]]:
    return [words for part in re.split(r"(?<=[.!?])\s|\n", source) if (words := part.split())]


def test_stored_answers_of_aeb(shared: Path) -> None:
    pairs = aeb(shared)
    assert len(pairs) == 8 * 37
    for gold, answer in pairs:
        assert kernel.word_ngrams(gold, answer, 4) == plain.word_ngrams(gold, answer, 4)
        assert kernel.word_ngrams(gold, answer, 1, True) == plain.word_ngrams(gold, answer, 1, True)
        assert kernel.same_words(gold, answer) == plain.same_words(gold, answer)
        assert kernel.space_lcs(gold, answer) == plain.space_lcs(gold, answer)
        a, b = re.findall(r"\w+", gold), re.findall(r"\w+", answer)
        assert kernel.set_overlap(a, b) == plain.set_overlap(a, b)
        assert kernel.ngram_overlap(a, b, 5) == plain.ngram_overlap(a, b, 5)
        assert kernel.matching_blocks(gold.split(), answer.split()) == plain.matching_blocks(gold.split(), answer.split())
        assert kernel.union_lcs(by_sentence(gold), by_sentence(answer)) == plain.union_lcs(by_sentence(gold), by_sentence(answer))
        assert text_module.tokens(answer) == text_module._TOKEN.findall(text_module.normalise(answer))


def labelled(gold: str, whole: str) -> Sequence[list[tuple[str, list[str]]]]:
    """Return the lines of a page's whole text as blocks, `p` where the gold has the line too."""
    body = {" ".join(text_module.tokens(line)) for line in gold.split("\n")}
    lines = [text_module.tokens(line) for line in whole.split("\n")]
    return [[("p" if " ".join(line) in body else "x-other", line)] for line in lines]


def test_alignment_of_stored_answers_of_aeb(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """html-text's answers are the whole page; every other system's answer is aligned to them."""
    pairs = aeb(shared)
    names = [path.stem for path in sorted((shared / "corpora/aeb/output").glob("*.json"))]
    by_system = {name: pairs[number * 37 : number * 37 + 37] for number, name in enumerate(names)}
    for page in range(37):
        gold, whole = by_system["html-text"][page]
        blocks = labelled(gold, whole)
        fast = align.Target(blocks)
        monkeypatch.setattr(kernel, "Tiling", tiling.Tiling)
        slow = align.Target(blocks)
        monkeypatch.undo()
        for name in names:
            lines = [text_module.tokens(line) for line in by_system[name][page][1].split("\n")]
            assert align.align(fast, lines).source == align.align(slow, lines).source


@pytest.mark.parametrize("why", ["forced", "not built"])
def test_the_fallback(why: str) -> None:
    program = (
        "import sys\n"
        f"if {why == 'not built'}: sys.modules['harness.kernel._kernel'] = None\n"
        "from harness import kernel, text, align\n"
        "assert kernel.BACKEND == 'plain' and kernel.Tiling.__module__ == 'harness.kernel.tiling'\n"
        "assert kernel.word_ngrams.__module__ == 'harness.kernel.plain'\n"
        "print(text.tokens('Ça va? 漢字'), align.align(align.Target([[('p', ['a', 'b'])]]), [['a', 'b']]).source)\n"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"} | ({"CLUTTERBENCH_KERNEL": "plain"} if why == "forced" else {})
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "['ça', 'va', '漢', '字'] [0, 1]\n"
