"""What tests of importers share: a publisher's folder written from texts, and the corpus that an import made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.corpus import check, corpus
from harness.datasets import import_dataset
from harness.datasets._lint import Report
from harness.records import Gold, Page


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files by their paths below `root` and return it."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def imported(name: str, source: Path, target: Path) -> tuple[Report, list[tuple[Page, Gold]]]:
    """Import a set; its report, and its pages and gold as the corpus gives them. It is sound but for addresses that nobody stated."""
    report = import_dataset(name, source, target)
    assert {found.code for found in check.check(target)} <= {"E003"}
    return report, list(corpus.load(target))


def found(target: Path) -> dict[str, Any]:
    """Return the findings that stand beside a corpus, by kind: how many, and the sets' own names of the pages."""
    kinds = json.loads((target / "import.json").read_text())["findings"]
    return {kind: [row["source"].partition("/")[2] for row in some["list"]] for kind, some in kinds.items()}


def lines(gold: Gold) -> list[tuple[str, str]]:
    """Return a gold's lines as label and text."""
    return [(line.label, line.text) for line in gold.lines]
