"""The seam to the inner loops: the compiled kernel where it was built, plain Python where not. Same results, count for count.

`plain.py` (counting) and `tiling.py` (alignment) define what is computed; `_kernel.c` computes the same many times as fast and is
tested against them. `BACKEND` says which one is in use, "c" or "plain". A build that fails (no compiler) falls back to the definitions;
CLUTTERBENCH_KERNEL=plain in the environment forces them, CLUTTERBENCH_KERNEL=c makes a missing kernel an ImportError. Users import
from here and never see the difference.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.kernel.classes import ALONE, HEAD, MARK, TAIL
from harness.kernel.plain import Overlap

__all__ = [
    "ALONE", "BACKEND", "HEAD", "MARK", "TAIL", "Overlap", "Tiling", "lcs_length", "lcs_positions", "matching_blocks", "ngram_overlap",
    "same_words", "set_overlap", "space_lcs", "tokeniser", "union_lcs", "word_ngrams",
]  # fmt: skip

VARIABLE = "CLUTTERBENCH_KERNEL"


def _backend() -> str:
    wanted = os.environ.get(VARIABLE, "")
    if wanted != "plain":
        try:
            importlib.import_module("harness.kernel.compiled")
        except ImportError:
            if wanted == "c":
                raise
        else:
            return "c"
    return "plain"


BACKEND = _backend()

if TYPE_CHECKING or BACKEND == "plain":
    from harness.kernel.plain import (
        lcs_length,
        lcs_positions,
        matching_blocks,
        ngram_overlap,
        same_words,
        set_overlap,
        space_lcs,
        union_lcs,
        word_ngrams,
    )
    from harness.kernel.tiling import Tiling
else:
    from harness.kernel.compiled import (
        Tiling,
        lcs_length,
        lcs_positions,
        matching_blocks,
        ngram_overlap,
        same_words,
        set_overlap,
        space_lcs,
        union_lcs,
        word_ngrams,
    )


def tokeniser(classify: Callable[[int], bytes], findall: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """Return a function from text to its tokens: the compiled one over a table of characters, or `findall`, which must agree.

    `classify(first)` returns the classes of the 256 characters from code point `first` on, one byte each, of the bits `ALONE` (a token
    with the `MARK` characters behind it), `HEAD` (begins a run) and `TAIL` (continues it). It is asked once for each such page of
    Unicode that texts use.
    """
    if BACKEND == "plain":
        return findall
    from harness.kernel._kernel import Cutter

    return Cutter(classify).tokens
