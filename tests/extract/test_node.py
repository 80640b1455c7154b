"""Node extractors: the protocol from their side, and that they are kept in as Python's are."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from harness import registry
from harness.errors import InstallError
from harness.extract import envs
from harness.extract.sandbox import Limits
from harness.extract.schedule import RunFacts, Task, extract
from harness.records import Extraction

pytestmark = [
    pytest.mark.skipif(bool(os.environ.get("CLUTTERBENCH_OFFLINE")), reason="builds an environment from the package registries"),
    pytest.mark.skipif(sys.platform != "linux", reason="the guards are Linux's"),
]
LIMITS = Limits(cpu=2.0, wall_factor=6, memory=500 << 20, start=30)


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(registry.EXTRACTORS / name, folder)
    return Path(shutil.copy(Path(__file__).with_name("hostile.mjs"), folder))


def run(plugin: Path, *pages: str, limits: Limits = LIMITS) -> tuple[list[Extraction], RunFacts]:
    [extractor] = registry.select([str(plugin)])
    results: dict[str, Extraction] = {}
    tasks = [
        Task(extractor, f"probe/{number:03}", 1, lambda text=text: (text, "https://x.test/", "de-AT"))  # type: ignore[misc]
        for number, text in enumerate(pages)
    ]
    facts = extract(tasks, done=lambda found: results.update({found.page: found}), slots=1, limits=limits)
    assert facts.failures == {}
    return [results[task.page] for task in tasks], facts


def between(plugin: Path, page: str, limits: Limits = LIMITS) -> Extraction:
    [before, bad, after], _ = run(plugin, "good", page, "good", limits=limits)
    assert (before.status, before.text) == (after.status, after.text) == ("ok", "good")
    return bad


def test_answers_and_failures_as_of_any_worker(plugin: Path) -> None:
    [nothing, number, options, throws, surrogate, good], _ = run(plugin, "nothing", "number", "options", "throws", "surrogate", "good")
    assert (nothing.status, nothing.text) == ("ok", "")
    assert (number.status, number.detail) == ("error", "answered with number, not text")
    assert json.loads(options.text) == ["https://x.test/", {"language": "de-AT"}]
    assert (throws.status, throws.detail.startswith("TypeError: no such block (hostile.mjs:")) == ("error", True)
    assert surrogate.text == "a\ufffdb"
    assert good.cpu is not None
    assert 0 <= good.cpu < 1
    assert good.memory is not None


def test_every_kernel_guard_that_holds_for_python_holds(plugin: Path) -> None:
    _, facts = run(plugin, "good")
    found: list[Extraction] = []
    [python] = registry.select(["nothing"])
    plain = extract([Task(python, "s/p", 1, lambda: ("", "", ""))], done=found.append, slots=1, limits=LIMITS)
    assert facts.guards["hostile"] == {**plain.guards["nothing"], "audit": False}


def test_what_a_page_leaves_behind_is_gone_before_the_next(plugin: Path) -> None:
    [prints, writes, lists], _ = run(plugin, "prints", "writes", "lists")
    assert (prints.text, prints.noise) == ("good", {"printed": 5003})
    assert (writes.text, writes.noise) == ("good", {"files": 1})
    assert lists.text == ""


@pytest.mark.parametrize("probe", ["connects", "fetches"])
def test_network_is_refused_and_named(plugin: Path, probe: str) -> None:
    bad = between(plugin, probe)
    assert bad.status == "error"
    assert bad.noise["network"] == ["192.0.2.1:8081"]


def test_network_that_goes_around_the_recorder_is_refused(plugin: Path) -> None:
    assert between(plugin, "sends").status == "error"
    assert between(plugin, "starts", Limits(cpu=5, start=30)).text == "refused"


@pytest.mark.parametrize("path", ["/etc/shadow", "/root/.ssh/id_rsa", "/proc/1/environ", __file__])
def test_files_outside_cannot_be_read(plugin: Path, path: str) -> None:
    assert between(plugin, f"reads {path}").status == "error"


@pytest.mark.parametrize(("probe", "status"), [("spins", "timeout"), ("exits", "crash"), ("grows", "memory"), ("buffers", "memory")])
def test_what_brings_a_worker_down_is_charged_to_its_page(plugin: Path, probe: str, status: str) -> None:
    bad = between(plugin, probe, Limits(cpu=4.0, wall_factor=6, memory=500 << 20, start=30))
    assert bad.status == status
    assert bad.detail


def test_page_that_never_answers_times_out(plugin: Path) -> None:
    assert between(plugin, "awaits", Limits(cpu=0.5, wall_factor=4, memory=500 << 20, start=30)).status == "timeout"


def test_module_that_cannot_be_loaded_did_not_run(plugin: Path, tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(plugin.with_name(name), tmp_path)
    path = tmp_path / "broken.mjs"
    path.write_text('import { nothing } from "no-such-package";\nexport const extract = () => nothing;\n')
    [broken] = registry.select([str(path)])
    facts = extract([Task(broken, "s/p", 1, lambda: ("x", "", ""))], done=lambda _: pytest.fail("ran"), slots=1, limits=LIMITS)
    assert "broken.mjs cannot be started: Error: Cannot find package 'no-such-package'" in facts.failures["broken"]


def test_another_release_of_a_node_package() -> None:
    [older] = registry.select(["readability-js==0.5.0"])
    environment = envs.prepare(older)
    assert environment.version == "0.5.0"
    assert "@mozilla/readability@0.5.0" in environment.freeze
    assert "linkedom@0.18.12" in environment.freeze  # the rest is as the lock says


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (None, "package.json cannot be read: No such file or directory. A Node extractor needs one beside it."),
        ("{", "package.json must name one release of Node"),
        ('{"engines": {"node": ">=20"}}', "package.json must name one release of Node"),
    ],
)
def test_manifest_that_does_not_do(tmp_path: Path, manifest: str | None, words: str) -> None:
    if manifest is not None:
        (tmp_path / "package.json").write_text(manifest)
        (tmp_path / "package-lock.json").write_text("{}")
    path = tmp_path / "mine.mjs"
    path.write_text("export const extract = () => '';\n")
    [mine] = registry.select([str(path)])
    with pytest.raises(InstallError, match=words):
        envs.prepare(mine)


def test_lock_names_no_registry_and_fits_the_manifest() -> None:
    lock = json.loads((registry.EXTRACTORS / "package-lock.json").read_text(encoding="utf-8"))
    manifest = json.loads((registry.EXTRACTORS / "package.json").read_text(encoding="utf-8"))
    root = lock["packages"].pop("")
    assert root["dependencies"] == manifest["dependencies"]
    assert root["engines"] == manifest["engines"]
    assert all("resolved" not in package for package in lock["packages"].values())
    assert all(package.get("integrity") or package.get("inBundle") for package in lock["packages"].values())  # a bundle's is its holder's
