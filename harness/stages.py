"""The stages as the commands call them: run, score, report, and bench, which is all three and does nothing where nothing changed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from harness import __version__, reference, registry, score, spread
from harness.corpus import corpus as corpora
from harness.corpus import segment
from harness.errors import InstallError, NothingMatched, StoreError, named
from harness.extract.envs import Environment, build_all, prepare, recipes
from harness.extract.sandbox import Limits
from harness.extract.schedule import RunFacts, Task, extract
from harness.progress import Progress
from harness.records import Extraction, Extractor, Page, Track
from harness.store import STATE, Cache, Run, code_digest, digest, mark_latest, replace_text, without_timing
from harness.summary import Failure, Summary, summarise

_PAGES_IN_MEMORY = 1000


@dataclass(frozen=True)
class Plan:
    """What is to run on what: the extractors with the environments that could be prepared, and why the others could not."""

    corpus: corpora.Corpus
    extractors: tuple[Extractor, ...]
    environments: Mapping[str, Environment]
    did_not_run: Mapping[str, str]
    selected: bool
    """Whether extractors or pages were named: such a run is not the corpus's published result."""

    @property
    def run_id(self) -> str:
        """Digest of everything that can change an answer or the set of answers."""
        parts = [self.corpus.digest, *sorted(f"{e.name} {self._fingerprint(e)}" for e in self.extractors)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    def _fingerprint(self, extractor: Extractor) -> str:
        environment = self.environments.get(extractor.name)
        return environment.fingerprint if environment else "did not run"


def plan(root: Path, names: Sequence[str], pages: Sequence[str], progress: Progress, *, floors: bool = True) -> Plan:
    """Choose pages and extractors and prepare environments. Raises UsageError or CorpusError for what does not exist or fit.

    With `floors` the baselines of each track in play are part of the run, whichever extractors are named.
    """
    extractors = registry.select(list(names))
    reference.refuse_names(extractor.name for extractor in extractors)
    if floors:
        present = {extractor.name for extractor in extractors}
        tracks = dict.fromkeys(extractor.track for extractor in extractors)
        if missing := [name for track in tracks for name in reference.floors(track) if name not in present]:
            extractors += registry.select(missing)
    corpus = corpora.load(root)
    if pages:
        corpus = corpus.only(pages)
    environments: dict[str, Environment] = {}
    failures = build_environments(extractors, progress)
    for extractor in extractors:
        if extractor.name in failures:
            continue
        try:
            environments[extractor.name] = prepare(extractor)
        except InstallError as error:
            failures[extractor.name] = str(error)
    return Plan(corpus, tuple(extractors), environments, failures, bool(names or pages))


def build_environments(extractors: Iterable[Extractor], progress: Progress) -> dict[str, str]:
    """Build the environments that are missing; returns why an extractor cannot run, by its name."""
    wanted = recipes(extractors)
    missing = sum(not recipe.built for recipe in wanted)
    if not missing:
        return {}
    with progress.stage("environments", missing):
        return build_all(wanted, lambda _, reason: progress.step(failed=bool(reason)))


def run(work: Plan, cache: Cache, progress: Progress, slots: int | None = None, *, latest: bool = True) -> Run:
    """Extract what the cache has not, and write the run's folder: extractions, timings, and last `run.json`.

    Unless it is for a look in passing, it is from then on the `latest`, which `score`, `report` and `show` take where no run is named.
    """
    page = reader(work.corpus)
    keys: dict[tuple[str, str], str] = {}
    tasks: list[Task] = []
    for page_id in (entry.id for entry in work.corpus.entries):
        current = page(page_id)
        for extractor in work.extractors:
            source = current.source(extractor.track)
            if source is not None and extractor.name in work.environments:
                keys[extractor.name, page_id] = _key(work.environments[extractor.name], current, source)
    known = cache.get(list(keys.values()))
    if not keys and work.environments:
        names = ", ".join(work.environments)
        raise NothingMatched(f"{work.corpus.root} has no page that {names} can read: the html track needs raw/<site>/<name>.html.")
    # Two names may stand for the same file, package and options, and so share an answer; the row still goes by its own name.
    extractions = {name: Extraction(**{**known[key], "extractor": name[0]}) for name, key in keys.items() if key in known}
    by_name = {extractor.name: extractor for extractor in work.extractors}
    for (name, page_id), key in keys.items():
        if key not in known:
            tasks.append(task(by_name[name], page_id, page))
    facts = _extract(work, tasks, keys, extractions, cache, progress, slots)
    failures = {**work.did_not_run, **facts.failures}
    found = Run(work.corpus.root, work.run_id)
    kept = sorted((e for e in extractions.values() if e.extractor not in failures), key=lambda e: (e.extractor, e.page))
    found.write_rows("extractions.jsonl", (without_timing(extraction) for extraction in kept))
    found.write_rows("timings.jsonl", ({key: getattr(e, key) for key in ("extractor", "page", "cpu", "memory")} for e in kept))
    found.write_facts(_facts(work, facts, failures))
    if latest:
        mark_latest(work.corpus.root, found)
    return found


def reader(corpus: corpora.Corpus) -> Callable[[str], Page]:
    """Return a function that gives a page by its id; it remembers the last thousand."""
    entries = {entry.id: entry for entry in corpus.entries}

    @lru_cache(maxsize=_PAGES_IN_MEMORY)
    def page(page_id: str) -> Page:
        return entries[page_id].load()[0]

    return page


def task(extractor: Extractor, page_id: str, page: Callable[[str], Page]) -> Task:
    """Return the call of one extractor on one page."""

    def read() -> tuple[str, str, str]:
        current = page(page_id)
        return current.source(extractor.track) or "", current.url, current.language

    return Task(extractor, page_id, len(page(page_id).source(extractor.track) or ""), read)


def _extract(
    work: Plan, tasks: Sequence[Task], keys: Mapping[tuple[str, str], str], extractions: dict[tuple[str, str], Extraction],
    cache: Cache, progress: Progress, slots: int | None,
) -> RunFacts:  # fmt: skip
    def done(extraction: Extraction) -> None:
        name = (extraction.extractor, extraction.page)
        extractions[name] = extraction
        cache.put(keys[name], asdict(extraction))
        progress.step(failed=extraction.status != "ok")

    with progress.stage("extract", len(tasks), already=len(keys) - len(tasks)):
        try:
            return extract(tasks, done=done, slots=slots, environments=work.environments)
        finally:
            cache.flush()


def _key(environment: Environment, page: Page, source: str) -> str:
    return "extraction:" + digest(environment.fingerprint, page.id, page.url, page.language, source)


def _facts(work: Plan, facts: RunFacts, failures: Mapping[str, str]) -> dict[str, Any]:
    rows = []
    for extractor in work.extractors:
        environment = work.environments.get(extractor.name)
        rows.append(
            {
                "name": extractor.name,
                "plugin": extractor.plugin,
                "track": extractor.track,
                "category": extractor.category,
                "version": environment.version if environment else extractor.requirement.partition("==")[2],
                "about": registry.plugin_of(extractor).doc,
                "options": dict(extractor.options),
                "did_not_run": failures.get(extractor.name, ""),
                "fingerprint": environment.fingerprint if environment else "",
                "freeze": list(environment.freeze) if environment else [],
                "guards": dict(facts.guards.get(extractor.name, {})),
            }
        )
    return {
        "clutterbench": __version__,
        "selected": work.selected,
        "gold": work.corpus.digest,
        "pages": [entry.id for entry in work.corpus.entries],
        "extractors": rows,
        "limits": asdict(Limits()),
        "segmenter": segment.VERSION,
        "python": platform.python_version(),
        "system": platform.platform(),
        "efficiency": facts.efficiency if facts.calls else None,
    }


def score_run(root: Path, found: Run, cache: Cache, progress: Progress, names: Sequence[str] = ()) -> Summary:
    """Score a run, write its scores beside it, and return them drawn together.

    Raises StoreError where the corpus is no longer the one that ran.
    """
    facts = found.facts()
    corpus = corpora.load(root).only(facts["pages"])
    if corpus.digest != facts["gold"]:
        raise StoreError(f"{named(root)}: pages or gold changed since run {found.id}. Run the extractors again: clutterbench run")
    chosen = score.metrics(names)
    extractions = list(found.extractions())
    reference.refuse_names(row["name"] for row in facts["extractors"])
    tracks: dict[Track, set[str]] = {row["track"]: set() for row in facts["extractors"]}
    for row in facts["extractors"]:
        if row["category"] == "extractor" and not row["did_not_run"]:
            tracks[row["track"]].add(row["name"])
    with progress.stage("score", len(corpus)):
        scored = score.score_pages(corpus, extractions, chosen, cache, progress.step, tracks)
        cache.flush()
    if not names:  # some metrics alone are looked at, not kept: a report needs them all
        score.write(found, scored)
    return _summary(root, facts, scored, chosen, extractions)


def report_run(root: Path, found: Run, folder: Path | None = None) -> list[Path]:
    """Write the report of a scored run and return its files.

    It goes into `folder`; by default into the corpus's `reports/`, or, for a run of named extractors or pages, into the run's own
    folder, so that a look at two versions does not replace the published result.
    """
    facts = found.facts()
    scored = score.read(found)
    summary = _summary(root, facts, scored, score.metrics(), list(found.extractions()))
    return write_report(root, found, summary, selected=bool(facts.get("selected", True)), folder=folder)


def write_report(root: Path, found: Run, summary: Summary, *, selected: bool, folder: Path | None = None) -> list[Path]:
    """Write the report as `report_run` says, and the results into the corpus's README and guide where those have a place for them."""
    from harness.report.details import Details
    from harness.report.site import build

    if folder is None and not selected:
        _update_documents(root, summary)
    folder = folder or (found.folder / "report" if selected else root / "reports")
    return build(summary, folder, Details(root, found, summary))


def _update_documents(root: Path, summary: Summary) -> None:
    from harness.report.tables import markdown_leaderboard

    _put(root / "README.md", "results", "\n\n".join(markdown_leaderboard(track).strip() for track in summary.tracks))
    _put(root / "CONTRIBUTING.md", "gaps", "\n".join(spread.markdown_gaps(spread.spread(root))))


def _put(document: Path, place: str, content: str) -> None:
    """Replace what stands between `<!-- place -->` and `<!-- /place -->` of a document that has both."""
    if not document.is_file():
        return
    text = document.read_text(encoding="utf-8")
    begin, end = f"<!-- {place} -->", f"<!-- /{place} -->"
    head, found_begin, rest = text.partition(begin)
    _, found_end, tail = rest.partition(end)
    fresh = f"{head}{begin}\n{content}\n{end}{tail}"
    if found_begin and found_end and fresh != text:
        replace_text(document, fresh)


def _summary(
    root: Path, facts: Mapping[str, Any], scored: score.Scored, chosen: Sequence[score.Metric], extractions: Sequence[Extraction]
) -> Summary:
    failures = [Failure(e.extractor, e.page, e.status, e.detail) for e in extractions if e.status != "ok"]
    name = "clutterbench" if (root / "pyproject.toml").is_file() else root.resolve().name
    # A metric without a score has not been asked for, or no page has a gold of its kind.
    present = {row.metric for row in scored.scores}
    chosen = [metric for metric in chosen if metric.name in present]
    entrants = [*facts["extractors"], *reference.entrants({row.extractor for row in scored.references})]
    summary = summarise(name, {**facts, "extractors": entrants}, scored.pages, scored.scores, chosen, failures)
    return replace(summary, confusion=scored.confusion)


@dataclass(frozen=True)
class Outcome:
    """What a bench came to: its files, a terminal table, whether every extractor ran, and whether there was anything to do."""

    paths: tuple[Path, ...]
    table: str
    complete: bool
    fresh: bool


def bench(root: Path, names: Sequence[str], pages: Sequence[str], progress: Progress, slots: int | None = None) -> Outcome:
    """Run, score and report. Where inputs, code and packages are those of the last time and its files are untouched, do nothing."""
    work = plan(root, names, pages, progress)
    stamp_path = root / STATE / "bench.json"
    inputs = digest(work.run_id, str(work.selected), code_digest(), *sorted(_installed()), *_beside(root))
    if (stamp := _stamp(stamp_path)) and stamp["inputs"] == inputs:
        paths = [root / name for name in stamp["outputs"]]
        if all(path.is_file() and _sha256(path) == stamp["outputs"][str(path.relative_to(root))] for path in paths):
            return Outcome(tuple(paths), stamp["table"], True, False)
    from harness.report.tables import terminal

    with Cache(root) as cache:
        found = run(work, cache, progress, slots)
        summary = score_run(root, found, cache, progress)
    with progress.stage("report", 1):
        paths = write_report(root, found, summary, selected=work.selected)
        progress.step()
    table = terminal(summary)
    complete = not summary.did_not_run
    if complete:
        outputs = {str(path.relative_to(root)): _sha256(path) for path in paths}
        replace_text(stamp_path, json.dumps({"inputs": inputs, "outputs": outputs, "table": table}, indent=1) + "\n")
    return Outcome(tuple(paths), table, complete, True)


def _stamp(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.keys() >= {"inputs", "outputs", "table"} else None


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _beside(root: Path) -> list[str]:
    """Digest what a report shows besides the run: stored measurements and second labellings."""
    from harness.corpus.check import SECOND
    from harness.report.measured import FILES

    files = [*(root / path for path in FILES.values()), *sorted((root / "gold").rglob(f"*{SECOND}"))]
    return [f"{path.relative_to(root)} {_sha256(path)}" for path in files if path.is_file()]


def _installed() -> list[str]:
    return [f"{found.name}=={found.version}" for found in importlib.metadata.distributions()] + [sys.version]


def try_page(page: Page, extractors: Sequence[Extractor]) -> tuple[list[Extraction], Mapping[str, str]]:
    """Run extractors over one page that has no gold: their extractions in the order given, and why others did not run."""
    found: dict[str, Extraction] = {}

    def done(extraction: Extraction) -> None:
        found[extraction.extractor] = extraction

    fitting = [extractor for extractor in extractors if page.source(extractor.track) is not None]
    facts = extract([task(extractor, page.id, lambda _: page) for extractor in fitting], done=done)
    return [found[e.name] for e in fitting if e.name in found], facts.failures
