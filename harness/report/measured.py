"""What `clutterbench time` and `clutterbench stress` stored beside the corpus, if they ran: cost and odd pages, apart from all scores."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import StoreError

FILES = {"time": Path("benchmarks") / "cost.json", "stress": Path("benchmarks") / "robustness.json"}
"""Command → its file below the corpus's folder."""
_FORMAT = 1


@dataclass(frozen=True)
class Measured:
    """The two stored documents as they are, empty where a command has not run."""

    time: Mapping[str, Any] = field(default_factory=dict)
    stress: Mapping[str, Any] = field(default_factory=dict)


def read(root: Path) -> Measured:
    """Read a corpus's measurements. Raises StoreError for a file that cannot be used."""
    return Measured(**{command: _document(root / path, command) for command, path in FILES.items()})


def _document(path: Path, command: str) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error}). Measure again: clutterbench {command}") from None
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        raise StoreError(f"{path} is of another format than {_FORMAT}. Measure again: clutterbench {command}")
    return found
