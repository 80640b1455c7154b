"""Tools that ask the network unless they are told not to: our files tell them, and where a file forgets, the sandbox refuses.

Each is run as our file has it, and once more without the option or the guard that keeps it from fetching.
"""

import os
import shutil
from pathlib import Path

import pytest

from harness import registry
from harness.extract.schedule import Task, extract
from harness.records import Extraction

pytestmark = pytest.mark.skipif(bool(os.environ.get("CLUTTERBENCH_OFFLINE")), reason="builds environments from the package registries")

SENTENCE = "The harbour was quiet on the morning when the first ferry of the year came in, and there were few people about. "
PICTURES = (
    '<html lang="en"><head><title>Ferry</title></head><body><article>'
    f'<img src="http://192.0.2.1:8081/a.jpg"><p>{SENTENCE * 3}</p><p>{SENTENCE * 3}</p></article></body></html>'
)
NEXT_PAGE = (
    f'<html><head><title>Ferry</title></head><body><article><p>{SENTENCE * 4}</p><p>{SENTENCE * 4}</p></article>'
    '<a rel="next" class="next-page" href="http://192.0.2.1:8081/story/2">next page 2</a></body></html>'
)  # fmt: skip


def run(path: Path, page: str, url: str = "http://192.0.2.1:8081/story") -> Extraction:
    [extractor] = registry.select([str(path)])
    found: list[Extraction] = []
    facts = extract([Task(extractor, "s/p", len(page), lambda: (page, url, "en"))], done=found.append, slots=1)
    assert facts.failures == {}
    return found[0]


def changed(name: str, folder: Path, before: str, after: str) -> tuple[Path, Path]:
    """Our file, and a copy of it without what keeps it from fetching."""
    ours = registry.extractors()[name].path
    source = ours.read_text(encoding="utf-8")
    assert before in source
    copy = folder / ours.name
    copy.write_text(source.replace(before, after), encoding="utf-8")
    for each in ("package.json", "package-lock.json"):
        shutil.copy(ours.with_name(each), folder)
    return ours, copy


@pytest.mark.parametrize("name", ["newspaper4k", "newspaper3k"])
def test_newspaper_loads_pictures(name: str, tmp_path: Path) -> None:
    ours, careless = changed(name, tmp_path, "fetch_images=False, ", "")
    assert "network" not in run(ours, PICTURES).noise
    refused = run(careless, PICTURES)
    assert any("192.0.2.1" in attempt for attempt in refused.noise["network"])
    assert "first ferry" in refused.text  # it goes on without


@pytest.mark.parametrize("name", ["mercury", "postlight"])
def test_mercury_loads_the_url_of_an_empty_page(name: str, tmp_path: Path) -> None:
    ours, careless = changed(name, tmp_path, "if (!html.trim()) return null;", "")
    assert "network" not in run(ours, "").noise
    refused = run(careless, "")
    assert refused.status == "error"
    assert refused.noise["network"] == ["192.0.2.1:8081"]


@pytest.mark.parametrize("name", ["mercury", "postlight"])
def test_mercury_loads_further_pages(name: str, tmp_path: Path) -> None:
    ours, careless = changed(name, tmp_path, "fetchAllPages: false", "fetchAllPages: true")
    assert "network" not in run(ours, NEXT_PAGE).noise
    assert run(careless, NEXT_PAGE).noise["network"] == ["192.0.2.1:8081"]


def test_defuddle_asks_the_interfaces_of_some_sites(tmp_path: Path) -> None:
    ours, careless = changed("defuddle", tmp_path, "useAsync: false, ", "")
    video = "https://www.youtube.com/watch?v=x"
    assert "network" not in run(ours, "<html><body></body></html>", video).noise
    assert run(careless, "<html><body></body></html>", video).noise["network"]
