"""Harness efficiency on a corpus: CPU inside extractor calls / (CPU of the whole process tree + time without work).

    python benchmarks/efficiency.py corpora/aeb [--slots N] [--rounds N] [EXTRACTOR…]

Runs the core extractors of both tracks, all variants, without any cache. Target: 0.92 or more on the 181 AEB pages, 0.95 from some
thousand calls on. CPU time, not wall time, so that a busy machine changes it little; the least disturbed of the rounds counts.
Pages are loaded beforehand, as the stage before does.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from harness import registry
from harness.corpus import corpus
from harness.extract.schedule import RunFacts, Task, extract
from harness.records import Extraction, Page


def tasks(pages: list[Page], names: list[str]) -> list[Task]:
    """One task for each page and extractor whose track the page has."""
    extractors = registry.select(names)

    def reader(page: Page, text: str) -> Callable[[], tuple[str, str, str]]:
        return lambda: (text, page.url, page.language)

    return [
        Task(extractor, page.id, len(text), reader(page, text))
        for page in pages
        for extractor in extractors
        if (text := page.source(extractor.track)) is not None
    ]


def measure(pages: list[Page], names: list[str], slots: int | None) -> tuple[RunFacts, int]:
    """Run everything once; returns the facts and how many calls failed."""
    failed: list[str] = []

    def done(extraction: Extraction) -> None:
        if extraction.status != "ok":
            failed.append(f"{extraction.extractor} {extraction.page} {extraction.status}: {extraction.detail}")

    facts = extract(tasks(pages, names), done=done, slots=slots)
    return facts, len(failed)


def main() -> None:
    """Print the figures of each round, and the best."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("extractors", nargs="*")
    parser.add_argument("--slots", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    began = time.process_time()
    pages = [page for page, _ in corpus.load(arguments.corpus)]
    loading = time.process_time() - began
    print(f"{len(pages)} pages, read, decoded and flattened in {loading:.2f} s of CPU, which the first figure leaves out")
    best = 0.0
    for _ in range(arguments.rounds):
        facts, failed = measure(pages, arguments.extractors, arguments.slots)
        best = max(best, facts.efficiency)
        with_loading = facts.cpu_extract / (facts.cpu_tree + facts.wait_seconds + loading)
        print(
            f"{facts.calls} calls, {failed} failed; CPU in extractors {facts.cpu_extract:.2f} s, of the tree {facts.cpu_tree:.2f} s, "
            f"without work {facts.wait_seconds:.2f} s; efficiency {facts.efficiency:.3f}, with loading {with_loading:.3f}"
        )
        for name, reason in facts.failures.items():
            print(f"{name} did not run: {reason}")
    print(f"best {best:.3f}")


if __name__ == "__main__":
    main()
