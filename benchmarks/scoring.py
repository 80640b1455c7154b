"""Scoring's speed against the rivals' own way to compute the same figures, on AEB's stored answers, interleaved in one run.

    python benchmarks/scoring.py --aeb CHECKOUT [--rivals DIR] [--only PART ...]

CHECKOUT is AEB's folder (ground-truth.json, output/). ROUGE needs rouge-score 0.1.2 and nltk, which are no dependencies of ours:
`pip install --target DIR rouge-score==0.1.2 nltk==3.10.4`. Times are CPU seconds of this process, all threads; "fallback" is the
harness without its compiled kernel. Every comparison also prints the largest difference in value.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import re
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from harness import answers, kernel, text
from harness.align import Target, align
from harness.kernel import plain, tiling

ROUNDS = 3
PARTS = ("aeb", "rouge", "cleaneval", "words", "alignment", "floor", "bootstrap", "scale")
Pairs = Sequence[tuple[str, str]]
Triple = tuple[float, float, float]


@contextmanager
def fallback() -> Iterator[None]:
    """Put the plain definitions in the place of every compiled function that a module of ours has bound."""
    swaps: list[tuple[Any, str, Any]] = []
    plain_by_compiled = {id(getattr(kernel, name)): getattr(plain, name) for name in dir(plain) if name in kernel.__all__}
    plain_by_compiled[id(kernel.Tiling)] = tiling.Tiling
    plain_by_compiled[id(text._tokens)] = text._TOKEN.findall
    for module in [module for name, module in sys.modules.items() if name.startswith("harness") and module is not plain]:
        for name, value in list(vars(module).items()):
            if id(value) in plain_by_compiled and not name.startswith("__"):
                swaps.append((module, name, value))
                setattr(module, name, plain_by_compiled[id(value)])
    try:
        yield
    finally:
        for module, name, value in swaps:
            setattr(module, name, value)


def race(title: str, entrants: Mapping[str, Callable[[], Any]], count: int, unit: str, rounds: int = ROUNDS) -> dict[str, Any]:
    """Run the entrants in turn, print the median CPU time of each for one of `count` units, and return their results."""
    times: dict[str, list[float]] = {name: [] for name in entrants}
    results: dict[str, Any] = {}
    for _ in range(rounds):
        for name, run in entrants.items():
            start = time.process_time()
            results[name] = run()
            times[name].append(time.process_time() - start)
    medians = {name: statistics.median(found) for name, found in times.items()}
    first = next(iter(medians.values()))
    print(f"{title} ({count:,} x {unit}, median of {rounds})")
    for name, median in medians.items():
        print(f"  {name:<34}{median:>10.3f} s {1e3 * median / count:>12.4f} ms a {unit} {first / median:>10.1f} x")
    return results


def largest(results: Mapping[str, Sequence[Sequence[float]]]) -> None:
    """Print the largest difference of any entrant's values from the first one's."""
    first, *others = results.values()
    worst = max(abs(a - b) for other in others for x, y in zip(first, other, strict=True) for a, b in zip(x, y, strict=True))
    print(f"  largest difference in value: {worst:.3g}\n")


# AEB: shingles, accuracy, 1,000 resamples


def aeb_own_way(source: Path) -> list[tuple[float, ...]]:
    """Do what AEB's `evaluate.py` does (tuples in Counters, statistics.mean, random.randint), written anew from its description."""
    gold = json.loads((source / "ground-truth.json").read_text(encoding="utf-8"))
    rows = []
    for path in sorted((source / "output").glob("*.json")):
        stored = json.loads(path.read_text(encoding="utf-8"))
        answer = stored.get("output", stored)
        cells = [aeb_page(gold[page].get("articleBody", ""), answer[page].get("articleBody", "")) for page in gold]
        point = aeb_means(cells)
        resamples = [aeb_means([cells[random.randint(0, len(cells) - 1)] for _ in cells]) for _ in range(1000)]
        _deviations = [statistics.stdev(column) for column in zip(*resamples, strict=True)]
        rows.append(point)
    return rows


def aeb_page(gold: str, answer: str) -> tuple[float, float, float, float]:
    """Return one page's shares of hits, extra and missing shingles, and whether the words are the same."""

    def shingles(source: str) -> dict[tuple[str, ...], int]:
        words = re.findall(r"\w+", source or "")
        return dict(Counter(shingle for i in range(max(1, len(words) - 3)) if (shingle := tuple(words[i : i + 4]))))

    expected, predicted = shingles(gold), shingles(answer)
    hits = extra = missing = 0.0
    for key in set(expected) | set(predicted):
        one, other = expected.get(key, 0), predicted.get(key, 0)
        hits += min(one, other)
        extra += max(0, other - one)
        missing += max(0, one - other)
    total = (hits + extra + missing) or 1
    same = float(re.findall(r"\w+", gold or "") == re.findall(r"\w+", answer or ""))
    return hits / total, extra / total, missing / total, same


def aeb_means(cells: Sequence[tuple[float, float, float, float]]) -> tuple[float, ...]:
    """Return F1, precision, recall and accuracy over pages."""

    def ratio(hits: float, wrong: float, clean: bool) -> float:
        return 1.0 if clean else hits / (hits + wrong)

    p = statistics.mean([ratio(hits, extra, extra == missing == 0) for hits, extra, missing, _ in cells if hits + extra > 0])
    r = statistics.mean([ratio(hits, missing, extra == missing == 0) for hits, extra, missing, _ in cells if hits + missing > 0])
    return 2 * p * r / (p + r), p, r, statistics.mean([same for *_, same in cells])


def part_aeb(source: Path) -> None:
    """Race AEB's whole evaluation."""
    from harness import reproduce

    def ours() -> list[tuple[float, ...]]:
        rows = sorted(reproduce.aeb(source), key=lambda row: row.name)
        return [(row.f1.value, row.precision.value, row.recall.value, row.accuracy.value) for row in rows]

    def slow() -> list[tuple[float, ...]]:
        with fallback():
            return ours()

    ours()  # imports numpy
    systems = len(list((source / "output").glob("*.json")))
    entrants = {"AEB's way": lambda: aeb_own_way(source), "clutterbench": ours, "clutterbench, fallback": slow}
    largest(race("AEB end to end: JSON, shingles, accuracy, 1,000 resamples", entrants, systems, "system"))


# Metrics one by one


def pairs_of(source: Path, every: int = 1) -> list[tuple[str, str]]:
    """Return (gold, answer) for every system and every n-th page."""
    gold = json.loads((source / "ground-truth.json").read_text(encoding="utf-8"))
    return [
        (str(gold[page].get("articleBody") or ""), system.texts[page])
        for system in answers.read(source / "output")
        for page in sorted(gold)[::every]
    ]


def over(run: Callable[[str, str], Any], pairs: Pairs) -> Callable[[], list[Any]]:
    """Return a run of a metric over all pairs."""
    return lambda: [run(gold, answer) for gold, answer in pairs]


def in_fallback(run: Callable[[], list[Any]]) -> Callable[[], list[Any]]:
    """Return the same run without the compiled kernel."""

    def slow() -> list[Any]:
        with fallback():
            return run()

    return slow


def part_rouge(source: Path) -> None:
    """Race ROUGE-LSum, with and without cutting sentences."""
    try:
        import nltk  # type: ignore[import-not-found]
        from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer  # type: ignore[import-not-found]
        from rouge_score import rouge_scorer  # type: ignore[import-not-found]
    except ImportError as error:
        print(f"ROUGE-LSum left out: {error}. pip install --target DIR rouge-score==0.1.2 nltk==3.10.4, then --rivals DIR\n")
        return
    from punkt.data import english  # type: ignore[import-not-found,unused-ignore]

    from harness import sentences
    from harness.metrics import rouge_lsum

    parameters = PunktParameters()
    parameters.abbrev_types, parameters.sent_starters = set(english.ABBREV_TYPES), set(english.SENT_STARTERS)
    parameters.collocations = set(english.COLLOCATIONS)
    parameters.ortho_context.update(english.ORTHO_CONTEXT)
    nltk.sent_tokenize = PunktSentenceTokenizer(parameters).tokenize  # nltk's own code and model, only not from a download

    class Words:
        def tokenize(self, source: str) -> list[str]:
            return re.split(r"\s+", source.strip()) if source.strip() else []

    scorer = rouge_scorer.RougeScorer(["rougeLsum"], use_stemmer=False, split_summaries=True, tokenizer=Words())

    def theirs(gold: str, answer: str) -> Triple:
        found = scorer.score(gold, answer)["rougeLsum"]
        return found.precision, found.recall, found.fmeasure

    def ours(gold: str, answer: str) -> Triple:
        counts = rouge_lsum.compare(gold, answer)
        return counts.precision, counts.recall, counts.f1

    def forget() -> None:
        for module in (sentences, rouge_lsum, plain):
            for value in vars(module).values():
                if hasattr(value, "cache_clear") and value not in (getattr(sentences, "_model", None), getattr(sentences, "_rules", None)):
                    value.cache_clear()

    pairs = [pair for pair in pairs_of(source, 26) if pair[0].strip() and pair[1].strip()]

    def first_time() -> list[Any]:
        forget()
        return over(ours, pairs)()

    entrants = {
        "rouge-score as WCEB calls it": over(theirs, pairs), "clutterbench, caches empty": first_time,
        "clutterbench, again": over(ours, pairs), "clutterbench, fallback": in_fallback(first_time),
    }  # fmt: skip
    first_time()  # loads the model
    largest(race("ROUGE-LSum, sentences and all", entrants, len(pairs), "pair", rounds=1))
    cut = [tuple([sentence.split() for sentence in sentences.split(side)] for side in pair) for pair in pairs]
    entrants = {
        "rouge-score, given the sentences": lambda: [tuple(rouge_scorer._summary_level_lcs(*pair)) for pair in cut],
        "clutterbench, given the sentences": lambda: [triple(kernel.union_lcs(*pair)) for pair in cut],
        "fallback, given the sentences": lambda: [triple(plain.union_lcs(*pair)) for pair in cut],
    }
    largest(race("ROUGE-LSum, given the sentences", entrants, len(pairs), "pair", rounds=1))


def triple(overlap: plain.Overlap) -> Triple:
    """Return precision, recall and F1 as rouge-score has them."""
    hits, predicted, expected = overlap
    both = predicted and expected
    return (hits / predicted, hits / expected, 2 * hits / (predicted + expected)) if both and hits else (0.0, 0.0, 0.0)


def part_cleaneval(source: Path) -> None:
    """Race difflib's matching blocks."""
    pairs = [(gold.split(), answer.split()) for gold, answer in pairs_of(source, 5)]

    def theirs() -> list[list[int]]:
        return [[x for block in SequenceMatcher(None, b, a).get_matching_blocks() for x in block] for a, b in pairs]

    def ours() -> list[list[int]]:
        return [[x for block in kernel.matching_blocks(a, b) for x in block] for a, b in pairs]

    largest(race("CleanEval's alignment", {"difflib": theirs, "clutterbench": ours}, len(pairs), "pair"))


def part_words(source: Path) -> None:
    """Race word bags and token LCS, whose rivals are compiled already."""
    pairs = pairs_of(source, 5)

    def bag(gold: str, answer: str) -> plain.Overlap:
        expected, predicted = (Counter(re.findall(r"\w+", side.lower())) for side in (gold, answer))
        return (expected & predicted).total(), predicted.total(), expected.total()

    def ours(gold: str, answer: str) -> plain.Overlap:
        return kernel.word_ngrams(gold, answer, 1, True)

    largest(race("WCXB's word bags", {"Counter": over(bag, pairs), "clutterbench": over(ours, pairs)}, len(pairs), "pair"))
    entrants = {"rapidfuzz": over(plain.space_lcs, pairs), "clutterbench": over(kernel.space_lcs, pairs)}
    largest(race("WCEB's token LCS", entrants, len(pairs), "pair"))


def part_alignment(source: Path) -> None:
    """html-text's answers are the whole page; lines that the gold has are body."""
    gold = json.loads((source / "ground-truth.json").read_text(encoding="utf-8"))
    systems = answers.read(source / "output")
    pages = next(system for system in systems if system.name == "html-text").texts
    targets: list[tuple[Target, str]] = []
    slow: list[tuple[Target, str]] = []
    for page in sorted(gold)[::3]:
        body = {" ".join(text.tokens(line)) for line in str(gold[page]["articleBody"]).split("\n")}
        lines = [text.tokens(line) for line in pages[page].split("\n")]
        blocks = [[("p" if " ".join(line) in body else "x-other", line)] for line in lines]
        target = Target(blocks)
        with fallback():
            other = Target(blocks)
        targets.extend((target, system.texts[page]) for system in systems)
        slow.extend((other, system.texts[page]) for system in systems)

    def run(some: Sequence[tuple[Target, str]]) -> list[list[int]]:
        return [align(target, [text.tokens(line) for line in answer.split("\n")]).source for target, answer in some]

    entrants = {"fallback": in_fallback(lambda: run(slow)), "clutterbench": lambda: run(targets)}
    largest(race("Alignment, tokens and all", entrants, len(targets), "answer"))


def part_floor(source: Path) -> None:
    """What cannot be saved: reading the bytes, and making tokens of them."""
    pairs = pairs_of(source)
    files = [source / "ground-truth.json", *sorted((source / "output").glob("*.json"))]
    size = sum(len(side.encode("utf-8", "surrogatepass")) for pair in pairs for side in pair)
    count = sum(len(re.findall(r"\w+", side)) for pair in pairs for side in pair)
    entrants = {
        "read and parse the files": lambda: [json.loads(path.read_bytes()) for path in files],
        "read the texts' bytes": lambda: [side.encode("utf-8", "surrogatepass").count(b"\0") for pair in pairs for side in pair],
        "tokens (same_words of itself)": lambda: [kernel.same_words(answer, answer) for _, answer in pairs],
        "shingles": lambda: [kernel.word_ngrams(gold, answer, 4) for gold, answer in pairs],
        "re.findall": lambda: [re.findall(r"\w+", side) for pair in pairs for side in pair],
    }
    race("Floor", entrants, len(pairs), "pair")
    print(f"  {size:,} bytes of text in {len(pairs):,} pairs, {count:,} tokens\n")


# Statistics


def part_bootstrap(_: Path) -> None:
    """20 extractors x 2,000 pages on 500 sites x 10,000 paired resamples, in a process of its own for its peak memory."""
    print("20 extractors x 2,000 pages on 500 sites x 10,000 paired resamples (wall, CPU, peak memory)")
    for average in ("page", "ratio"):
        seconds, cpu, peak = alone(_bootstrap, average)
        print(f"  {average:<34}{seconds:>10.3f} s {cpu:>10.3f} s CPU {peak:>8,.0f} MB")
    print()


def _bootstrap(average: str) -> tuple[float, float]:
    import numpy as np

    from harness import stats

    generator = np.random.default_rng(0)
    expected = generator.integers(50, 2000, size=(20, 2000)).astype(float)
    predicted = generator.integers(50, 2000, size=(20, 2000)).astype(float)
    hits = np.floor(np.minimum(expected, predicted) * generator.random((20, 2000)))
    names = tuple(f"x{i:02}" for i in range(20))
    pages = tuple(f"s{i % 500:03}/{i:04}" for i in range(2000))
    found = stats.Cells(names, pages, tuple(page[:4] for page in pages), hits, predicted, expected)
    wall, cpu = time.perf_counter(), time.process_time()
    stats.rows(found, metric="m", average=average, slice_name="all", ranked=names)
    return time.perf_counter() - wall, time.process_time() - cpu


def alone(run: Callable[..., tuple[float, float]], *arguments: Any) -> tuple[float, float, float]:
    """Run in a fresh process; return its two figures and its peak memory in MB."""
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(send, run, arguments))
    process.start()
    send.close()
    try:
        first, second, peak = receive.recv()
    except EOFError:
        raise SystemExit(f"{run.__name__}{arguments} ended without a result") from None
    process.join()
    return first, second, peak


def peak_memory() -> float:
    """Return this process's peak memory in MB. Linux counts a parent's peak into `ru_maxrss`, so there it is read elsewhere."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        if found:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _child(send: Any, run: Callable[..., tuple[float, float]], arguments: Sequence[Any]) -> None:
    found = run(*arguments)
    send.send((*found, peak_memory()))


# Length and hostility


SHAPES = ("news", "one word", "two words", "one letter")
SIZES = (10_000, 100_000, 1_000_000)


def shaped(shape: str, size: int, source: Path) -> tuple[str, str]:
    """Return a gold text and an answer of `size` characters each."""
    if shape == "news":
        pairs = pairs_of(source)
        generator = random.Random(size)
        chosen = [generator.choice(pairs) for _ in range(size // 500)]
        gold, answer = ("\n".join(side)[:size] for side in zip(*chosen, strict=True))
        return gold, answer
    if shape == "one word":
        return ("word " * size)[:size], ("word " * size)[: size - size // 10]
    if shape == "one letter":
        return ("a " * size)[:size], ("a\n" * size)[: size - size // 10]
    generator = random.Random(size)
    return tuple(" ".join(generator.choices(("to", "be"), k=size // 3)) for _ in range(2))  # type: ignore[return-value]


def _scale(name: str, shape: str, size: int, source: Path, backend: str) -> tuple[float, float]:
    gold, answer = shaped(shape, size, source)
    run: Callable[[], Any]
    if name == "alignment":

        def run() -> Any:
            target = Target([[("p" if number % 2 else "x-other", text.tokens(line))] for number, line in enumerate(gold.split("\n"))])
            return align(target, [text.tokens(line) for line in answer.split("\n")])
    elif name == "shingles":

        def run() -> Any:
            return kernel.word_ngrams(gold, answer, 4)
    elif name == "token LCS":

        def run() -> Any:
            return kernel.space_lcs(gold, answer)
    elif name == "ROUGE-LSum":

        def run() -> Any:
            cut = [[part.split() for part in re.split(r"(?<=[.!?])\s|\n", side)] for side in (gold, answer)]
            return kernel.union_lcs(*cut)
    else:

        def run() -> Any:
            return kernel.matching_blocks(gold.split(), answer.split())

    start = time.process_time()
    if backend == "fallback":
        with fallback():
            run()
    else:
        run()
    return time.process_time() - start, 0.0


def part_scale(source: Path) -> None:
    """One pair of both texts as long as it says; a whole process's peak memory, Python and the loaded answers included."""
    print("Length: CPU seconds for one pair of gold and answer of 10 KB, 100 KB, 1 MB each (peak MB of the process at 1 MB)")
    for name, backend, shapes in (
        ("alignment", "compiled", SHAPES), ("shingles", "compiled", SHAPES), ("token LCS", "compiled", SHAPES),
        ("ROUGE-LSum", "compiled", SHAPES[:1]), ("CleanEval", "compiled", SHAPES[:1]),
        ("alignment", "fallback", SHAPES), ("shingles", "fallback", SHAPES),
    ):  # fmt: skip
        for shape in shapes:
            found = [alone(_scale, name, shape, size, source, backend) for size in SIZES]
            times = "".join(f"{seconds:>10.4f}" for seconds, _, _ in found)
            print(f"  {name:<12}{backend:<10}{shape:<12}{times} s {found[-1][2]:>8,.0f} MB", flush=True)
    print()


def main() -> None:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aeb", type=Path, required=True, help="AEB's folder")
    parser.add_argument("--rivals", type=Path, help="folder that rouge-score and nltk were installed into")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="measure only these")
    options = parser.parse_args()
    if options.rivals:
        sys.path.append(str(options.rivals))
    print(f"kernel: {kernel.BACKEND}, Python {sys.version.split()[0]}\n")
    for part in options.only:
        globals()[f"part_{part}"](options.aeb)


if __name__ == "__main__":
    main()
