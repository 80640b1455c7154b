"""A small corpus that was run and scored, with answers put in by hand, and its report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from harness import stages
from harness.corpus import corpus, segment
from harness.progress import Progress
from harness.store import STATE, Cache, Run

Answers = Mapping[str, Mapping[str, tuple[str, str, str]]]
"""Page → extractor → (status, text, detail)."""


def add_page(root: Path, page: str, html: str, header: Mapping[str, str], labels: Mapping[str, str]) -> None:
    """Write a page and its gold: every block is labelled by how its text begins, else as a paragraph."""
    lines = []
    for block in segment.blocks(html):
        label = next((label for start, label in labels.items() if block.text.startswith(start)), "p")
        lines.append(f"{label}: {block.text}\n")
    raw = html.encode()
    facts = {
        "url": f"https://{page.partition('/')[0]}.example/", "site": page.partition("/")[0], "lang": "en", "type": "news",
        "licence": "CC0-1.0", "origin": "original", "labelled_by": "tests", "raw_sha256": hashlib.sha256(raw).hexdigest(), **header,
    }  # fmt: skip
    top = "".join(f"{key} = {json.dumps(value)}\n" for key, value in facts.items())
    for path, data in (
        (root / "raw" / f"{page}.html", raw),
        (root / "gold" / f"{page}.txt", f"+++\nformat = 1\n{top}+++\n{''.join(lines)}".encode()),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def reported(root: Path, answers: Answers) -> Path:
    """Write a run of these answers as the run stage would have, score it, report it, and return the report's folder."""
    names = sorted({name for some in answers.values() for name in some})
    pages = corpus.load(root)
    run = Run(root, "0123456789ab")
    run.write_rows(
        "extractions.jsonl",
        (
            {"extractor": name, "page": page, "status": status, "text": text, "detail": detail, "cpu": None, "memory": None, "noise": {}}
            for name in names
            for page, some in sorted(answers.items())
            for status, text, detail in [some[name]]
        ),
    )
    extractors = [
        {"name": name, "plugin": "tool", "track": "html", "category": "extractor", "version": "1", "about": "A tool.", "options": {},
         "did_not_run": ""}
        for name in names
    ]  # fmt: skip
    run.write_facts({"gold": pages.digest, "pages": [entry.id for entry in pages.entries], "extractors": extractors, "selected": False})
    (root / STATE).mkdir(exist_ok=True)
    with Cache(root) as cache:
        stages.score_run(root, run, cache, Progress())
    stages.report_run(root, run, root / "reports")
    return root / "reports"
