"""What `clutterbench list` prints: rows as plain records, and their rendering as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness import registry
from harness import spread as corpus_spread
from harness.corpus import corpus as corpora
from harness.errors import ClutterbenchError
from harness.records import LABELS, class_of
from harness.store import STATE, Run
from harness.text import tokens

Rows = list[dict[str, Any]]


def extractors(root: Path) -> Rows:
    """Every variant with what it runs, what it is told, and everything that its file says about it; builds nothing."""
    from harness.extract.envs import prepare, recipe

    rows: Rows = []
    for name, extractor in registry.variants().items():
        plugin = registry.plugin_of(extractor)
        try:
            made = recipe(extractor)
            version = prepare(extractor).version if made is None or made.built else "not built yet"
        except ClutterbenchError as error:
            version, made = f"did not run: {error}", None
        rows.append(
            {
                "name": name,
                "track": extractor.track,
                "category": extractor.category,
                "package": extractor.distribution or " ".join(plugin.command[:1]),
                "version": version,
                "licence": plugin.licence,
                "default": "yes" if plugin.default else "no",
                "answers in": extractor.answer,
                "options": ", ".join(f"{key}={value!r}" for key, value in extractor.options.items()) or "none",
                "runs with": made.describe() if made else "the project's packages",
                "about": plugin.doc,
            }
        )
    return rows


def environments() -> Rows:
    """Every environment that an extractor of ours needs, built or not, and what else is kept, with its size in megabytes."""
    from harness.extract import build
    from harness.extract.envs import recipes

    kept = {each.folder: each for each in build.kept()}
    rows: Rows = []
    for recipe, names in recipes(registry.variants().values()).items():
        there = kept.pop(recipe.folder, None)
        state = "built" if there else "not built"
        rows.append({"for": ", ".join(names), "state": state, "MB": _megabytes(there.size if there else 0), "made of": recipe.describe()})
    for other in kept.values():
        rows.append({"for": "", "state": "not needed", "MB": _megabytes(other.size), "made of": other.made_of})
    return rows


def _megabytes(size: int) -> float:
    return round(size / 1e6, 1)


def metrics(root: Path) -> Rows:
    """Every metric with its file's documentation."""
    return _plugins(Path(__file__).parent / "metrics")


def datasets(root: Path) -> Rows:
    """Every importer with its file's documentation."""
    return _plugins(Path(__file__).parent / "datasets")


def pages(root: Path) -> Rows:
    """Every page of the corpus with its header and its words by class."""
    rows: Rows = []
    for page, gold in corpora.load(root):
        words = dict.fromkeys(("body", "may", "clutter"), 0)
        for line in gold.lines:
            words[class_of(line.label)] += len(tokens(line.text))
        inputs = "+".join(kind for kind, there in (("html", page.html is not None), ("txt", _has_text(root, page.id))) if there)
        header = {"type": gold.type, "lang": gold.language, "origin": gold.header.get("origin", "")}
        rows.append({"page": page.id, **header, "stored": inputs, **words})
    return rows


def spread(root: Path) -> Rows:
    """Every type, language, origin and label with its pages and sites, and whether more are wanted."""
    return [
        {"kind": row.kind, "value": row.value, "pages": row.pages, "sites": row.sites, "wanted": "more" if row.short else ""}
        for row in corpus_spread.spread(root)
    ]


def labels(root: Path) -> Rows:
    """Every label with its class and meaning."""
    return [{"label": label, "class": class_of(label), "meaning": meaning} for label, meaning in LABELS.items()]


def runs(root: Path) -> Rows:
    """Every run of the corpus, with what is wrong with those that cannot be read."""
    folder = root / STATE / "runs"
    rows: Rows = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            facts = Run(root, path.name).facts()
            names = ", ".join(row["name"] for row in facts["extractors"])
            rows.append({"run": path.name, "pages": len(facts["pages"]), "extractors": names})
        except ClutterbenchError as error:
            rows.append({"run": path.name, "pages": 0, "extractors": str(error)})
    return rows


def render(rows: Sequence[Mapping[str, Any]], *, verbose: bool) -> Iterator[str]:
    """Yield rows as an aligned table without their long texts, or with `verbose` as one paragraph a row with everything."""
    if verbose:
        for row in rows:
            (_, name), *rest = row.items()
            yield str(name)
            for key, value in rest:
                lines = str(value).strip().splitlines() or [""]
                yield from (f"  {key}: {line}" if number == 0 else f"    {line}".rstrip() for number, line in enumerate(lines))
            yield ""
        return
    short = [{key: str(value).strip().splitlines()[0] if str(value).strip() else "" for key, value in row.items()} for row in rows]
    if not short:
        return
    widths = {key: max(len(key), *(len(row[key]) for row in short)) for key in short[0]}
    for row in [{key: key for key in widths}, *short]:
        yield "  ".join(row[key].ljust(widths[key]) for key in widths).rstrip()


def _plugins(folder: Path) -> Rows:
    return [{"name": plugin.name, "about": plugin.doc} for plugin in registry.plugins(folder).values()]


def _has_text(root: Path, page: str) -> bool:
    return (root / "raw" / f"{page}.txt").is_file()
