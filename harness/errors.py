"""The exceptions that users meet. Each carries one sentence and the exit status; only `cli` catches them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path


class Exit(IntEnum):
    """Exit statuses of the command line, the same for every command."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    INTERNAL = 3
    NOTHING_MATCHED = 4
    NOT_COMPARABLE = 5
    INTERRUPTED = 130


class ClutterbenchError(Exception):
    """Base of every error with a sentence for the user: where, what was found, what was expected, what to do."""

    exit = Exit.FINDINGS


class CorpusError(ClutterbenchError):
    """A raw page, a gold file or a corpus folder is not as it must be."""


class StoreError(ClutterbenchError):
    """A stored file is damaged, of another format version, or cannot be written."""


class InstallError(ClutterbenchError):
    """An extractor's environment cannot be built or loaded."""


class ImportRefused(ClutterbenchError):
    """A public data set does not add up, so nothing was imported."""


class UsageError(ClutterbenchError):
    """The command names something that does not exist or does not fit."""

    exit = Exit.USAGE


class NothingMatched(ClutterbenchError):
    """A selection is valid but empty."""

    exit = Exit.NOTHING_MATCHED


class NotComparable(ClutterbenchError):
    """Figures rest on different things, so their difference would say nothing."""

    exit = Exit.NOT_COMPARABLE


def named(root: Path) -> str:
    """Return a corpus folder as a sentence names it: "this folder" for ".", which nobody can tell from a full stop."""
    return "this folder" if root == Path() else str(root)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ' Did you mean "x"?' for the known word nearest to `word`, or '' where none is near."""
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return f' Did you mean "{near[0]}"?' if near else ""
