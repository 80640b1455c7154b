"""The baseline file: an extractor's answers that were accepted, to compare the next ones with.

One JSON file that is meant to be committed: what the answers rest on, and one line a page. Answers rather than figures, so that a
comparison can say which words changed. It is written only on request, and a worse one replaces a better one only on a second request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.answers import load_json
from harness.errors import StoreError, UsageError
from harness.records import TRACKS, Extraction, Track
from harness.store import replace_text

FORMAT = 1
_TEXTS = ("name", "version", "track", "gold", "segmenter", "clutterbench")


@dataclass(frozen=True)
class Stored:
    """What a baseline file holds: answers by page, and what they rest on, as in a run's `run.json`."""

    name: str
    version: str
    track: Track
    gold: str
    segmenter: str
    clutterbench: str
    pages: tuple[str, ...]
    answers: Mapping[str, Extraction]


def read(path: Path) -> Stored:
    """Read a baseline. Raises UsageError where there is none, StoreError for a file that is none, or of another format."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"There is no baseline {path} yet. Make one with: --write-baseline") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise StoreError(f"{path} is no JSON, so it is no baseline. Take it from version control again, or write it anew.") from None
    version = found.get("baseline") if isinstance(found, dict) else None
    if not isinstance(version, int):
        raise StoreError(f"{path} is no baseline of clutterbench. Write one with: --write-baseline")
    if version != FORMAT:
        newer = "a newer clutterbench; update this one" if version > FORMAT else "an older clutterbench; write it anew"
        raise StoreError(f"{path} was written by {newer}.")
    try:
        texts = {key: found[key] for key in _TEXTS}
        if not all(isinstance(text, str) for text in texts.values()) or texts["track"] not in TRACKS:
            raise ValueError("what it rests on is not as it must be")
        answers = {page: Extraction(texts["name"], page, **answer) for page, answer in found["answers"].items()}
        if not all(isinstance(each.text, str) for each in answers.values()) or not answers.keys() <= set(found["pages"]):
            raise ValueError("its answers are not as they must be")
        return Stored(**texts, pages=tuple(found["pages"]), answers=answers)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(f"{path} is damaged ({error}). Take it from version control again, or write it anew.") from None


def holds_one(path: Path) -> bool:
    """Tell a baseline from a file of other answers, whose keys are pages. Raises UsageError or StoreError for what is no JSON object."""
    return isinstance(load_json(path).get("baseline"), int)


def write(path: Path, facts: Mapping[str, Any], answers: Mapping[str, Extraction]) -> None:
    """Write a baseline, atomically, one line a page, so that a change of it can be reviewed. Nothing measured by a clock is in it."""
    head = json.dumps({"baseline": FORMAT, **facts}, ensure_ascii=False, indent=1, sort_keys=True)
    lines = [
        f"  {json.dumps(page)}: {json.dumps({'status': each.status, 'text': each.text}, ensure_ascii=False)}"
        for page, each in sorted(answers.items())
    ]
    replace_text(path, head.removesuffix("\n}") + ',\n "answers": {\n' + ",\n".join(lines) + "\n }\n}\n")
