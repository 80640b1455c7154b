"""A comparison as JSON, figures unrounded: schema 1. Keys may be added to it, none is renamed or taken away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from harness.compare import words
from harness.compare.comparison import Comparison, Figure, LabelChange, PageChange
from harness.compare.gate import Gate
from harness.compare.sides import Side


def as_json(found: Comparison, limits: Gate, broken: Sequence[str]) -> str:
    """Return the whole comparison, every page, as one JSON document. Shares are 0–1, differences B − A."""
    document = {
        "schema": 1,
        "signature": found.signature,
        "verdict": words.verdict(found),
        "a": _side(found.a),
        "b": _side(found.b),
        "n": {"pages": len(found.rows), "sites": found.sites},
        "f1": _figure(found.f1),
        "precision": _figure(found.precision),
        "recall": _figure(found.recall),
        "p": found.p,
        "detectable": found.detectable,
        "fates": found.fates,
        "failed": {"a": found.failed[0], "b": found.failed[1]},
        "empty": {"a": found.empty[0], "b": found.empty[1]},
        "labels": [_label(row) for row in found.labels],
        "strange": {name: {"a": a, "b": b} for name, (a, b) in found.strange.items()},
        "pages": [_page(row) for row in found.rows],
        "gate": {"limits": asdict(limits), "passed": not broken, "failures": list(broken)} if limits.limits else None,
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _side(side: Side) -> dict[str, Any]:
    return {"name": side.name, "version": side.version, "track": side.track, "run": side.run}


def _figure(figure: Figure) -> dict[str, Any]:
    return {**asdict(figure), "difference": figure.difference}


def _label(row: LabelChange) -> dict[str, Any]:
    return {**asdict(row), "rate": _figure(row.rate)}


def _page(row: PageChange) -> dict[str, Any]:
    return {**asdict(row), "difference": row.difference}
