"""The command line: reads words, calls the stages, prints. No logic lives here, and heavy imports wait inside the commands."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from harness import __version__
from harness.errors import ClutterbenchError, Exit
from harness.escape import visible


class _CorpusFolder(click.Path):
    """A folder; the word `shipped` stands for the pages that came with clutterbench, and `./shipped` for a folder of that name."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, file_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value != "shipped":
            return super().convert(value, param, ctx)
        from harness.corpus import shipped

        return shipped.root()


_corpus = click.option(
    "--corpus", "root", default=".", show_default="this folder", metavar="DIR", type=_CorpusFolder(),
    help="Folder with raw/ and gold/, or `shipped`.",
)  # fmt: skip

_extractors = click.option(
    "-x", "--extractor", "names", multiple=True, metavar="NAME",
    help="An extractor, a variant, NAME==VERSION, NAME @ CHECKOUT, a plug-in's file, or `all`; may be given again. "
    "Default: those that need only Python.",
)  # fmt: skip
_pages = click.option("-p", "--page", "pages", multiple=True, metavar="PAGE", help="Only this page, <site>/<name>; may be given again.")
_jobs = click.option("--jobs", type=click.IntRange(1), metavar="N", help="Extractors at a time. Default: one per core.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="clutterbench %(version)s")
def cli() -> None:
    """How well do extractors take the article out of a web page, and what clutter do they let through?

    \b
    clutterbench bench                          run, score and report on this folder's pages
    clutterbench try page.html                  any page, no gold needed
    clutterbench gold new raw/site/page.html    label a page of your own
    """


@cli.group()
def gold() -> None:
    """Make, check and show gold files.

    \b
    clutterbench gold new raw/mysite/story.html     every visible block, labelled "?"
    clutterbench gold check                         the same rules as the pull-request check
    """


@gold.command("new")
@click.argument("raw", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--url", default="", help="Address the page was saved from.")
@click.option("--lang", default="", help="BCP 47 tag; default: what the page declares, else what its text looks like.")
@_corpus
def gold_new(raw: Path, url: str, lang: str, root: Path) -> None:
    """Write a gold file for RAW (raw/<site>/<name>.html) with every visible block labelled "?"."""
    from harness.corpus.new import new_gold

    path = new_gold(root, raw, url=url, language=lang)
    click.echo(path)
    _say(f'next: replace each "?" in {path}, then run: clutterbench gold check')


@gold.command("check")
@click.argument("pages", nargs=-1, metavar="[PAGE]...")
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True)
@_corpus
def gold_check(pages: tuple[str, ...], form: str, root: Path) -> None:
    """Check gold files against their pages. PAGE is <site>/<name>; none means all."""
    from harness.corpus import check as lint

    findings = lint.check(root, pages or None)
    render = {"text": lint.as_text, "json": lint.as_json, "github": lint.as_github}[form]
    if text := render(findings):
        click.echo(text)
    errors = sum(finding.severity == "error" for finding in findings)
    warnings = f", {_count(len(findings) - errors, 'warning')}" if len(findings) > errors else ""
    if errors:
        _say(f"{_count(errors, 'error')}{warnings}")
        raise SystemExit(Exit.FINDINGS)
    _say(f"gold is sound{warnings}")


@gold.command("fmt")
@click.argument("pages", nargs=-1, metavar="[PAGE]...")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 1 if a file is not in order.")
@_corpus
def gold_fmt(pages: tuple[str, ...], only_check: bool, root: Path) -> None:
    """Put gold files in order: header keys, spaces, line ends. Text and labels stay. PAGE is <site>/<name>; none means all."""
    from harness.corpus import edit

    changed = edit.fmt(root, pages, write=not only_check)
    for path in changed:
        click.echo(path)
    _say(f"{_count(len(changed), 'file')} {'not in order' if only_check else 'put in order'}" if changed else "all in order")
    if changed and only_check:
        raise SystemExit(Exit.FINDINGS)


@gold.command("rebase")
@click.argument("page")
@_corpus
def gold_rebase(page: str, root: Path) -> None:
    """Carry a page's labels over after raw/PAGE was saved again, by text. New blocks get the label "?"."""
    from harness.corpus import edit

    rebased = edit.rebase(root, page)
    if not rebased:
        _say(f"the gold of {page} fits its page; nothing was changed")
    for row in rebased:
        click.echo(f"{row.path}: {row.kept} blocks as before, {len(row.changed)} with changed words, {len(row.new)} new")
        for line in row.changed:
            click.echo(visible(f"  changed  {line.label}: {line.text}"))
        for text in row.new:
            click.echo(visible(f"  new      {text}"))
        for line in row.vanished:
            click.echo(visible(f"  gone     {line.label}: {line.text}"))
        _say(f'next: look at the changed lines and replace each "?" in {row.path}, then run: clutterbench gold check {page}')


@gold.command("agree")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@_corpus
def gold_agree(as_json: bool, root: Path) -> None:
    """Compare second, blind labellings (<name>.b.txt) with the gold: how well do people agree?"""
    import json

    from harness.corpus import agree

    found = agree.agreement(root)
    if as_json:
        click.echo(json.dumps(agree.as_json(found), ensure_ascii=False, indent=1))
        return
    for row in agree.as_text(found):
        click.echo(row)


@gold.command("review")
@click.argument("pages", nargs=-1, required=True, metavar="PAGE...")
@_extractors
@_corpus
def gold_review(pages: tuple[str, ...], names: tuple[str, ...], root: Path) -> None:
    """Print what a reviewer wants to see of some pages, as Markdown: words by label, warnings, every extractor's score."""
    from harness import review
    from harness.progress import Progress

    with _one_at_a_time(root):
        for row in review.review(root, pages, Progress(), names):
            click.echo(row)


@gold.command("show")
@click.argument("page")
@_corpus
def gold_show(page: str, root: Path) -> None:
    """Print a page's gold with its classes told apart, and the words in each class."""
    from harness.corpus.new import show_gold

    for row in show_gold(root, page):
        click.echo(row)


@cli.command()
@_extractors
@_pages
@_jobs
@_corpus
def run(names: tuple[str, ...], pages: tuple[str, ...], jobs: int | None, root: Path) -> None:
    """Run extractors over a corpus. What was extracted before is not run again.

    \b
    clutterbench run
    clutterbench run --corpus corpora/aeb -x 'trafilatura==2.0.0'
    """
    from harness import stages
    from harness.progress import Progress
    from harness.store import Cache

    progress = Progress()
    with _one_at_a_time(root):
        work = stages.plan(root, names, pages, progress)
        with Cache(root) as cache:
            found = stages.run(work, cache, progress, jobs)
    click.echo(found.id)
    reasons = [row for row in found.facts()["extractors"] if row["did_not_run"]]
    for row in reasons:
        _say(f"{row['name']} did not run: {row['did_not_run']}")
    _say(f"next: clutterbench score {found.id}{_of(root)}")
    if reasons:
        raise SystemExit(Exit.FINDINGS)


@cli.command()
@click.argument("run_id", metavar="[RUN]", required=False)
@click.option("-m", "--metric", "metrics", multiple=True, metavar="METRIC", help="Only this metric; may be given again.")
@click.option(
    "--answers",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Score stored answers instead of a run, in a form of `answers import`.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@_corpus
def score(run_id: str | None, metrics: tuple[str, ...], answers: Path | None, as_json: bool, root: Path) -> None:
    """Score a run (default: the latest) against the gold and print the table.

    \b
    clutterbench score
    clutterbench score --corpus corpora/aeb --answers article-extraction-benchmark/output
    """
    from harness import answer_forms, stages
    from harness import answers as stored
    from harness.corpus import corpus as corpora
    from harness.errors import UsageError
    from harness.progress import Progress
    from harness.report import tables
    from harness.store import Cache, find_run

    if answers and run_id:
        raise UsageError("Give either a run or --answers, not both.")
    with _one_at_a_time(root):
        found = stored.as_run(answer_forms.read(answers), corpora.load(root)) if answers else find_run(root, run_id)
        with Cache(root) as cache:
            summary = stages.score_run(root, found, cache, Progress(), metrics)
    click.echo(tables.as_json(summary) if as_json else tables.terminal(summary))
    _say(f"next: clutterbench report {found.id}{_of(root)}")
    if summary.did_not_run:
        raise SystemExit(Exit.FINDINGS)


@cli.command()
@click.argument("run_id", metavar="[RUN]", required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Folder to write; default: the corpus's reports/.")
@_corpus
def report(run_id: str | None, output: Path | None, root: Path) -> None:
    """Write the report of a scored run (default: the latest)."""
    from harness import stages
    from harness.store import find_run

    with _one_at_a_time(root):
        paths = stages.report_run(root, find_run(root, run_id), output)
    explored = [path for path in paths if path.parent.name in ("p", "d")]
    for path in paths:
        if path not in explored:
            click.echo(path)
    if explored:
        _say(f"explorer: {sum(path.suffix == '.html' for path in explored)} pages in {explored[0].parent}")


@cli.command()
@_extractors
@_pages
@_jobs
@_corpus
def bench(names: tuple[str, ...], pages: tuple[str, ...], jobs: int | None, root: Path) -> None:
    """Run, score and report; does nothing where nothing changed."""
    from harness import stages
    from harness.progress import Progress

    with _one_at_a_time(root):
        outcome = stages.bench(root, names, pages, Progress(), jobs)
    click.echo(outcome.table)
    if not outcome.fresh:
        _say("nothing changed since the last bench")
    _say(f"report: {outcome.paths[0]}")
    if not outcome.complete:
        raise SystemExit(Exit.FINDINGS)


@cli.command("bench-corpora")
@click.argument("roots", nargs=-1, type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="[DIR]...")
@_extractors
@_jobs
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Default: reports/corpora.")
def bench_corpora(roots: tuple[Path, ...], names: tuple[str, ...], jobs: int | None, output: Path | None) -> None:
    """Bench several corpora and write one overview: extractor by corpus, and how far the corpora rank alike.

    DIR is a corpus; none means this folder and all in its corpora/.
    """
    from harness import corpora
    from harness.progress import Progress

    overview, complete = corpora.bench(roots or corpora.found(Path()), names, Progress(), jobs)
    for path in corpora.write(output or corpora.FOLDER, overview):
        click.echo(path)
    _say(corpora.sentence(overview))
    if not complete:
        raise SystemExit(Exit.FINDINGS)


@cli.command("try")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_extractors
@click.option("--lang", default="", help="BCP 47 tag of the pages; default: what they declare, else what their text looks like.")
@click.option("--json", "as_json", is_flag=True, help="One list of {file, extractor, status, text}.")
def try_(files: tuple[str, ...], names: tuple[str, ...], lang: str, as_json: bool) -> None:
    """Run the extractors over any page; no gold is needed. FILE is .html or .txt, or - for standard input.

    \b
    clutterbench try page.html
    clutterbench try page.txt -x justext-lines
    """
    import json

    from harness import registry, stages, tryout
    from harness.progress import Progress

    chosen = registry.select(list(names))
    if not names:
        chosen = [extractor for extractor in chosen if extractor.category != "baseline"]
    stages.build_environments(chosen, Progress())
    rows: list[dict[str, str]] = []
    failed = False
    for number, name in enumerate(files):
        page, track = tryout.read_page(name, lang)
        fitting = registry.select(list(names), track) if names else [extractor for extractor in chosen if extractor.track == track]
        extractions, failures = stages.try_page(page, fitting)
        failed = failed or bool(failures) or any(extraction.status != "ok" for extraction in extractions)
        if as_json:
            rows += [{"file": name, "extractor": e.extractor, "status": e.status, "text": e.text} for e in extractions]
        else:
            for line in ([""] if number else []) + list(tryout.render(name, page, track, extractions, failures)):
                click.echo(line)
        for extractor, reason in failures.items():
            _say(f"{extractor} did not run: {reason}")
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    if failed:
        raise SystemExit(Exit.FINDINGS)


@cli.command("import")
@click.argument("name")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The data set as its publisher lays it out. Default: download it, where that is known to be sound.",
)
@click.option("--to", "target", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Default: corpora/NAME.")
@click.option("--strict", is_flag=True, help="Import nothing where anything is wrong with the set.")
def import_(name: str, source: Path | None, target: Path | None, strict: bool) -> None:
    """Import a public benchmark as a corpus, and say what is wrong with it. See: clutterbench list datasets.

    All findings stand in import.json beside the corpus.

    \b
    clutterbench import wcxb --from web-content-extraction-benchmark
    clutterbench import pairs --from my-pages --to corpora/mine
    """
    from harness import datasets

    target = target or Path("corpora") / name
    report = datasets.import_dataset(name, source, target, strict=strict)
    for line in report.text():
        _say(visible(line))
    if report.findings:
        _say(f"the whole list: {target / 'import.json'}")
    click.echo(f"{report.pages} pages of {report.sites} sites in {target}")
    _say(f"next: clutterbench bench --corpus {target}")


@cli.group()
def answers() -> None:
    """Answers in and out, in the forms of other benchmarks: score systems that cannot run here, or let others score ours.

    \b
    clutterbench answers import outputs/ --corpus corpora/aeb
    clutterbench answers export --form wceb -o outputs/
    """


@answers.command("import")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--beside", "run_id", metavar="RUN", help="Put them beside the extractors of this run, to be compared with them.")
@_corpus
def answers_import(path: Path, run_id: str | None, root: Path) -> None:
    """Store answers made elsewhere as a run, to be scored. PATH is a file or a folder of them.

    Forms, told by the files themselves: AEB's (<system>.json), WCEB's (<system>.jsonl of page_id and plaintext), and JSONL of
    extractor, page and text, with version and status if there is more to say. Every page of the corpus needs an answer.
    """
    from harness import answer_forms
    from harness import answers as stored
    from harness.corpus import corpus as corpora
    from harness.store import find_run

    with _one_at_a_time(root):
        systems = answer_forms.read(path)
        run = stored.as_run(systems, corpora.load(root), find_run(root, run_id) if run_id else None)
    click.echo(run.id)
    _say(f"{_count(len(systems), 'system')}, imported, not run: {', '.join(system.name for system in systems)}")
    _say(f"next: clutterbench score {run.id}{_of(root)}")


@answers.command("export")
@click.argument("run_id", metavar="[RUN]", required=False)
@click.option("--form", type=click.Choice(["aeb", "wceb", "jsonl"]), default="jsonl", show_default=True, help="Whose form.")
@click.option("-x", "--extractor", "names", multiple=True, metavar="NAME", help="Only this one; may be given again.")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR", help="Folder to write.")
@_corpus
def answers_export(run_id: str | None, form: str, names: tuple[str, ...], output: Path, root: Path) -> None:
    """Write a run's answers (default: the latest run), one file an extractor."""
    from harness import answer_forms
    from harness import answers as stored
    from harness.corpus import corpus as corpora
    from harness.store import find_run

    run = find_run(root, run_id)
    systems = stored.of_run(run, names)
    for path in answer_forms.write(output, form, systems, corpora.load(root)):
        click.echo(path)
    failed = sum(len(system.failed) for system in systems)
    if failed and form != "jsonl":
        _say(f"{_count(failed, 'failure')} of an extractor became an empty answer: this form has no word for it")


@cli.command()
@click.argument("name", type=click.Choice(["aeb"]))
@click.option(
    "--from",
    "source",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The benchmark as its publisher lays it out, with its stored answers.",
)
def reproduce(name: str, source: Path) -> None:
    """Print a benchmark's own table from its stored answers: its metric, its averaging, its interval."""
    from harness import reproduce as benchmark

    click.echo(benchmark.text(benchmark.reproduce(name, source)))


@cli.command()
@_extractors
@_pages
@_jobs
@_corpus
def audit(names: tuple[str, ...], pages: tuple[str, ...], jobs: int | None, root: Path) -> None:
    """Run each extractor twice, in another order and in fresh processes, and name the pages whose answers differ."""
    from harness import audit as determinism
    from harness.progress import Progress

    differences = determinism.audit(root, names, pages, Progress(), jobs)
    for difference in differences:
        click.echo(str(difference))
    if differences:
        raise SystemExit(Exit.FINDINGS)
    _say("every extractor answered the same twice")


@cli.command()
@click.argument("sides", nargs=-1, metavar="[A] B")
@_pages
@click.option(
    "--corpus", "root", metavar="DIR", type=_CorpusFolder(), help="Folder with raw/ and gold/. Default: this one, else the shipped."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--markdown", "as_markdown", is_flag=True, help="For a pull-request comment; fewer than 60,000 characters.")
@click.option("--html", "html", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write a page with A | gold | B too.")
@click.option("--fail-under", "under", type=float, metavar="POINTS", help="Fail where mean F1, B − A, is under this, as in -0.5.")
@click.option("--fail-page", "page", type=float, metavar="POINTS", help="Fail where any page's F1, B − A, is under this, as in -5.")
@click.option(
    "--fail-leak", "leaks", multiple=True, metavar="LABEL:POINTS",
    help="Fail where the leak rate of a label, or of `all` clutter, rises by more, as in x-nav:+2; may be given again.",
)  # fmt: skip
@click.option(
    "--baseline", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="A file of accepted answers instead of A."
)
@click.option("--write-baseline", "write", is_flag=True, help="If the gate passes, store B's answers in the baseline file.")
@click.option("--lower-baseline", "lower", is_flag=True, help="With --write-baseline: also where B is worse than what is stored.")
@_jobs
def compare(
    sides: tuple[str, ...], pages: tuple[str, ...], root: Path | None, as_json: bool, as_markdown: bool, html: Path | None,
    under: float | None, page: float | None, leaks: tuple[str, ...], baseline: Path | None, write: bool, lower: bool, jobs: int | None,
) -> None:  # fmt: skip
    """Say whether B is better or worse than A, on which pages and in which words. Every difference is B − A.

    A and B are extractors, NAME==VERSION, NAME @ CHECKOUT, runs (RUN or RUN:NAME), or answers (FILE.json, FOLDER/). Exit status 1: a limit
    is broken; 5: they cannot be compared, and which part of their signatures differs.

    \b
    clutterbench compare 'trafilatura==2.0.0' 'trafilatura==2.3.1'
    clutterbench compare 'trafilatura==2.3.1' 'trafilatura @ .' --fail-under -0.5 --fail-page -5 --fail-leak x-nav:+2
    """
    from harness.compare import command
    from harness.corpus import shipped
    from harness.errors import UsageError
    from harness.progress import Progress

    if as_json and as_markdown:
        raise UsageError("Give either --json or --markdown, not both.")
    form = "json" if as_json else "markdown" if as_markdown else "text"
    request = command.request(sides, pages, under, page, leaks, baseline, write=write, lower=lower)
    root = root or shipped.here_or_shipped()
    with _one_at_a_time(root):
        outcome = command.compare(root, request, form, html, Progress(), jobs)
    if outcome.text:
        try:
            click.echo(outcome.text.rstrip("\n"))
            sys.stdout.flush()
        except BrokenPipeError:
            _let_go_of_stdout()  # a gate that fails does so whoever reads
    for sentence in outcome.said:
        _say(sentence)
    if outcome.failed:
        raise SystemExit(Exit.FINDINGS)


@cli.command()
@click.argument("page")
@click.option("-x", "--extractor", "name", required=True, metavar="NAME", help="As it is named in the run.")
@click.option("--run", "run_id", metavar="RUN", help="Default: the latest.")
@_corpus
def show(page: str, name: str, run_id: str | None, root: Path) -> None:
    """Print one page with what an extractor kept, [-lost-] and {+leaked+}, as the scorer sees it."""
    from harness import show as view

    for line in view.show_page(root, page, name, run_id):
        click.echo(line)


@cli.command()
@_extractors
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Times that all are measured, in turn.")
@click.option("--pages", "count", type=click.IntRange(2), default=12, show_default=True, help="Pages, from the smallest to the largest.")
@click.option("--reference", metavar="NAME", help="What the others are compared with. Default: trafilatura, on text justext-lines.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, as it is stored.")
@_corpus
def time(names: tuple[str, ...], rounds: int, count: int, reference: str | None, as_json: bool, root: Path) -> None:
    """Measure what extractors cost: CPU as a ratio to a reference, memory, start-up, growth with the page.

    One runs at a time. Figures are stored in benchmarks/cost.json, apart from scores, with the machine they hold for.

    \b
    clutterbench time --corpus corpora/aeb -x all
    """
    from harness import cost, listing
    from harness.progress import Progress

    with _one_at_a_time(root):
        found = cost.measure(root, names, Progress(), rounds=rounds, pages=count, reference=reference)
        stored = cost.write(root, found)
    if as_json:
        click.echo(cost.as_json(found), nl=False)
    else:
        for line in listing.render(cost.rows(found), verbose=False):
            click.echo(line)
    spread = ", ".join(f"{found.reference[track]} ±{noise:.0%}" for track, noise in found.noise.items())
    _say(f"CPU × is to the reference run before and after ({spread} over the run); {_stored(stored, 'cost.json')}")


@cli.command()
@_extractors
@_jobs
@click.option("--json", "as_json", is_flag=True, help="One JSON document, as it is stored.")
@_corpus
def stress(names: tuple[str, ...], jobs: int | None, as_json: bool, root: Path) -> None:
    """Run extractors over odd pages: empty, 20 MB, 5,000 nested divs and so on; statuses and seconds.

    A dot is an answer, "none" an answer without text. The table is stored in benchmarks/robustness.json.
    """
    from harness import listing, registry, robustness
    from harness.progress import Progress

    found = robustness.measure(registry.select(list(names)), Progress(), slots=jobs)
    stored = robustness.write(root, found)
    if as_json:
        click.echo(robustness.as_json(found), nl=False)
    else:
        for line in listing.render(robustness.rows(found), verbose=False):
            click.echo(line)
    for name, reason in found.did_not_run.items():
        _say(f"{name} did not run: {reason}")
    _say(_stored(stored, "robustness.json"))
    if found.did_not_run:
        raise SystemExit(Exit.FINDINGS)


@cli.group()
def envs() -> None:
    """Extractors' own environments: what there is, build them ahead, remove those no longer needed.

    \b
    clutterbench envs build -x all     all that any extractor needs, as before a journey without network
    """


@envs.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def envs_list(as_json: bool) -> None:
    """List the environments that extractors need, built or not, and others that are still kept."""
    import json

    from harness import listing

    rows = listing.environments()
    if as_json:
        click.echo(json.dumps({"schema": 1, "environments": rows}, ensure_ascii=False, indent=1))
        return
    for line in listing.render(rows, verbose=False):
        click.echo(line)


@envs.command("build")
@_extractors
def envs_build(names: tuple[str, ...]) -> None:
    """Build the environments of extractors now; a run builds what it lacks by itself."""
    from harness import registry, stages
    from harness.progress import Progress

    failures = stages.build_environments(registry.select(list(names)), Progress())
    for name, reason in failures.items():
        _say(f"{name} cannot run: {reason}")
    if failures:
        raise SystemExit(Exit.FINDINGS)
    _say("all environments are built")


@envs.command("prune")
def envs_prune() -> None:
    """Remove environments that no extractor of this version needs, those of NAME==VERSION among them."""
    from harness import registry
    from harness.extract import build
    from harness.extract.envs import recipes

    gone = build.prune(recipes(registry.variants().values()))
    for each in gone:
        click.echo(each.made_of or each.folder.name)
    _say(f"{len(gone)} environments removed, {sum(each.size for each in gone) / 1e6:.0f} MB with what others share")


@cli.command("list")
@click.argument("what", type=click.Choice(["extractors", "metrics", "pages", "spread", "labels", "datasets", "runs"]))
@click.option("-v", "--verbose", is_flag=True, help="All there is to say about each.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@_corpus
def list_(what: str, verbose: bool, as_json: bool, root: Path) -> None:
    """List extractors, metrics, pages, what the pages cover (spread), labels, data sets or runs."""
    import json

    from harness import listing

    rows = getattr(listing, what)(root)
    if as_json:
        click.echo(json.dumps({"schema": 1, what: rows}, ensure_ascii=False, indent=1))
        return
    for line in listing.render(rows, verbose=verbose):
        click.echo(line)


def _one_at_a_time(root: Path) -> AbstractContextManager[None]:
    """Hold a corpus for one command; a folder that is none is refused before anything is written into it."""
    from harness.corpus import corpus as corpora
    from harness.store import single_writer

    corpora.load(root)
    return single_writer(root)


def _stored(path: Path | None, name: str) -> str:
    if path is None:
        return f"not stored: benchmarks/{name} holds extractors that did not run now. To replace it, run without -x"
    return f"stored in {path}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _of(root: Path) -> str:
    return "" if root == Path() else f" --corpus {root}"


def _say(text: str) -> None:
    click.echo(text, err=True)


def _let_go_of_stdout() -> None:
    """Write what is still buffered to nowhere, so that it does not fail at the interpreter's end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with a status of `Exit`."""
    try:
        # Not `cli.main`, which would end a command whose reader has gone with status 1.
        with cli.make_context("clutterbench", list(sys.argv[1:] if arguments is None else arguments)) as context:
            cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (click.exceptions.Abort, KeyboardInterrupt):
        _say("interrupted; what was finished is kept, and the same command goes on from there")
        sys.exit(Exit.INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(Exit.USAGE)
    except ClutterbenchError as error:
        _say(f"clutterbench: {error}")
        sys.exit(error.exit)
    except BrokenPipeError:
        _let_go_of_stdout()  # that the reader of our output went away is its right
        sys.exit(Exit.DONE)
    except OSError as error:
        where = error.filename or "the output or the temporary folder"
        _say(f"clutterbench: {where} cannot be read or written: {error.strerror}. Free it or mend its rights, then run this again.")
        sys.exit(Exit.INTERNAL)
    except Exception:
        traceback.print_exc()
        _say("clutterbench: this is a bug in clutterbench, not in your input; please report the lines above")
        sys.exit(Exit.INTERNAL)
    sys.exit(Exit.DONE)
