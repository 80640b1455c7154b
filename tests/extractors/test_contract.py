"""What every extractor plug-in must keep to, run over each of them in its worker.

With CLUTTERBENCH_OFFLINE set, those with packages of their own are left out, for their environments come from the package registry.
"""

import os
import re
from collections import defaultdict

import pytest

from harness import registry
from harness.extract import envs
from harness.extract.schedule import Task, extract
from harness.records import TRACKS, Extraction

PARAGRAPH = "The harbour was quiet on the morning when the first ferry of the year came in, and there were few people about. "
PARTS = "".join(f"<p>Part {number}. {' '.join(PARAGRAPH.split()[::-1])} {PARAGRAPH}</p>" for number in range(6))
PAGE = f"""<!doctype html><html lang="en"><head><title>The ferry</title><style>p {{ color: red }}</style></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<article><h1>The ferry</h1>{PARTS}</article>
<script>var leak = "secret";</script><footer>All rights reserved</footer></body></html>"""
INPUTS = {
    "ordinary": PAGE,
    "empty": "",
    "blank": " \n\t ",
    "plain": "Only a line of text, and no tag at all.",
    "declared": '<?xml version="1.0" encoding="iso-8859-1"?><html><body><p>' + PARAGRAPH * 9 + "</p></body></html>",
    "comment": "<!-- nothing but this -->",
}
PLUGINS = registry.extractors()
OFFLINE = bool(os.environ.get("CLUTTERBENCH_OFFLINE"))
VARIANTS = {
    name: extractor
    for name, extractor in registry.variants().items()
    if not (OFFLINE and registry.plugin_of(extractor).dependencies)
}  # fmt: skip


@pytest.fixture(scope="module")
def results() -> dict[str, dict[str, Extraction]]:
    found: dict[str, dict[str, Extraction]] = defaultdict(dict)

    def done(extraction: Extraction) -> None:
        found[extraction.extractor][extraction.page.removeprefix("contract/")] = extraction

    tasks = []
    for extractor in VARIANTS.values():
        for name, html in INPUTS.items():
            text = html if extractor.track == "html" else re.sub(r"(?s)<(style|script)>.*?</\1>|<[^>]+>", "\n", html)
            tasks.append(Task(extractor, f"contract/{name}", len(text), lambda text=text: (text, "", "en")))  # type: ignore[misc]
    facts = extract(tasks, done=done)
    assert facts.failures == {}
    return found


@pytest.mark.parametrize("variant", sorted(VARIANTS))
def test_every_page_gets_a_status(variant: str, results: dict[str, dict[str, Extraction]]) -> None:
    assert set(results[variant]) == set(INPUTS)
    # Of a page without an article some answer nothing and some raise: either is scored. None may bring its worker down.
    assert {result.status for result in results[variant].values()} <= {"ok", "error"}
    assert results[variant]["ordinary"].status == "ok"
    assert all("network" not in result.noise for result in results[variant].values())


@pytest.mark.parametrize("variant", sorted(set(VARIANTS) - {"nothing", "nothing-lines"}))
def test_ordinary_page_is_answered_in_plain_text(variant: str, results: dict[str, dict[str, Extraction]]) -> None:
    text = results[variant]["ordinary"].text
    assert text.count("first ferry of the year") == 6
    assert "<p>" not in text
    assert "color: red" not in text


@pytest.mark.parametrize("plugin", PLUGINS.values(), ids=list(PLUGINS))
def test_file_says_what_a_list_needs(plugin: registry.Plugin) -> None:
    assert plugin.licence, "the docstring must name the licence by its short name, as in MIT or Apache-2.0"
    assert re.search(r"home: (https://\S+|this repository)", plugin.doc), "the docstring must say 'home: …'"
    assert plugin.constants.keys() <= {"TRACK", "CATEGORY", "VARIANTS", "DISTRIBUTION", "ANSWER", "REQUIRES"}
    for variant in plugin.variants:
        assert plugin.track(variant) in TRACKS
    source = plugin.path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(from|import) +harness", source, re.MULTILINE), "an extractor file imports nothing of ours"


@pytest.mark.skipif(OFFLINE, reason="builds environments from the package registry")
@pytest.mark.parametrize("plugin", [plugin for plugin in PLUGINS.values() if plugin.dependencies], ids=lambda plugin: plugin.name)
def test_header_pins_all_that_is_installed(plugin: registry.Plugin) -> None:
    """What is left to the resolver would be another package next month, and other answers with it."""
    environment = envs.prepare(plugin.extractor(next(iter(plugin.variants))))
    pinned = {re.sub(r"\[.*?\]", "", need).lower() for need in plugin.dependencies}
    assert pinned == set(environment.freeze), "pin all that is installed, and no more; CONTRIBUTING.md says how"
