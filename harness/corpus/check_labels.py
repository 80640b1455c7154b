"""The lint rules on a gold file's labels as a whole: E011, E020, E021."""

from __future__ import annotations

from harness.corpus.check_header import fence_line
from harness.corpus.header import UNDECIDED, Problem
from harness.records import BODY_LABELS, Gold


def label_problems(gold: Gold, text: str) -> list[Problem]:
    """Return undecided lines, a body that is missing, and body lines where the header says that there are none."""
    problems = [
        Problem(line.number, "E011", f'Still unlabelled: "{line.text[:60]}". Replace "?" with a label.')
        for line in gold.lines
        if line.label == UNDECIDED
    ]
    body = [line for line in gold.lines if line.label in BODY_LABELS]
    if gold.header.get("body") == "none":
        problems += [Problem(line.number, "E021", f'body = "none", but line {line.number} is labelled {line.label}.') for line in body]
    elif not any(line.text.strip() for line in body) and gold.coverage != "snippets" and not problems:
        labels, nothing = "p, h, li, q, row, code", 'body = "none" if the right answer for this page is nothing'
        say = f"No body text. Give at least one line a body label ({labels}), or set {nothing}."
        problems.append(Problem(fence_line(text), "E020", say))
    return problems
