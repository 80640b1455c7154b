"""Environments: what is built, what identifies it, what cannot be had."""

import dataclasses
import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

import harness
from harness import registry
from harness.errors import InstallError, UsageError
from harness.extract import build, envs
from harness.extract.sandbox import Limits
from harness.extract.schedule import Task, extract
from harness.records import Extraction


def test_core_extractor_runs_in_the_projects_environment() -> None:
    environment = envs.prepare(registry.select(["trafilatura"])[0])
    assert environment.python == Path(sys.executable)
    assert environment.version == importlib.metadata.version("trafilatura")
    assert f"trafilatura=={environment.version}" in environment.freeze
    assert list(environment.freeze) == sorted(environment.freeze)
    assert Path(sys.prefix) in environment.roots


def test_version_is_the_harness_where_there_is_no_distribution() -> None:
    assert envs.prepare(registry.select(["nothing"])[0]).version == harness.__version__


def test_fingerprint_changes_with_what_can_change_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def extract(html, url): return ''")
    [mine] = registry.select([str(path)])
    first = envs.prepare(mine).fingerprint
    assert envs.prepare(mine).fingerprint == first
    assert envs.prepare(mine, Limits(cpu=1)).fingerprint != first
    assert envs.prepare(dataclasses.replace(mine, options={"x": 1})).fingerprint != first
    path.write_text("def extract(html, url): return 'x'")
    assert envs.prepare(mine).fingerprint != first


def test_fingerprint_does_not_depend_on_the_variants_name() -> None:
    [mine] = registry.select(["nothing"])
    assert envs.prepare(dataclasses.replace(mine, name="other")).fingerprint == envs.prepare(mine).fingerprint


def test_closure_follows_extras_that_are_asked_for() -> None:
    installed = envs._installed(tuple(Path(path) for path in sys.path if path.endswith("site-packages")))
    # jusText asks for lxml[html_clean], trafilatura's extra `eval` for pandas, which we have for other reasons
    assert {"justext", "lxml", "lxml-html-clean"} <= set(envs._closure(installed, ["justext"]))
    assert "pandas" not in envs._closure(installed, ["trafilatura"])
    assert {"lxml", "courlan", "tld"} <= set(envs._closure(installed, ["trafilatura"]))


def test_version_of_a_plug_in_without_distribution() -> None:
    [same] = registry.select([f"nothing=={harness.__version__}"])
    assert same.requirement == ""


@pytest.mark.skipif(bool(os.environ.get("CLUTTERBENCH_OFFLINE")), reason="builds an environment from the package registry")
def test_another_release_runs_in_an_environment_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    [old] = registry.select(["justext==3.0.1"])
    [missing] = registry.select(["justext==0.0.1"])
    [there] = registry.select(["nothing"])
    results: dict[tuple[str, str], Extraction] = {}

    def done(extraction: Extraction) -> None:
        results[extraction.extractor, extraction.page] = extraction

    text = "<p>" + "This is the text of a page that is long enough to be one of the good ones. " * 5 + "</p>"
    tasks = [Task(each, "site/page", 1, lambda: (text, "", "en")) for each in (old, missing, there)]
    facts = extract(tasks, done=done)
    assert results["justext==3.0.1", "site/page"].status == "ok"
    assert results["justext==3.0.1", "site/page"].text.startswith("This is the text")
    assert results["nothing", "site/page"].status == "ok"
    assert facts.environments["justext==3.0.1"].version == "3.0.1"
    assert "justext==3.0.1" in facts.environments["justext==3.0.1"].freeze
    assert "there is no version of justext==0.0.1" in facts.failures["justext==0.0.1"]
    assert "\n" not in facts.failures["justext==0.0.1"]
    built = list((tmp_path / "clutterbench" / "envs").iterdir())
    assert [path.name.startswith("building-") for path in built] == [False]
    assert envs.prepare(old) == facts.environments["justext==3.0.1"]


def test_distribution_that_is_not_installed(tmp_path: Path) -> None:
    path = tmp_path / "absent.py"
    path.write_text("DISTRIBUTION = 'no-such-distribution'\ndef extract(html, url): return ''")
    [absent] = registry.select([str(path)])
    with pytest.raises(InstallError, match="absent: no-such-distribution is not installed"):
        envs.prepare(absent)


def test_header_asks_for_an_environment_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "isolated.py"
    header = "# /// script\n# dependencies = ['b==1', 'a==2']\n# [tool.uv]\n# exclude-dependencies = ['d']\n# ///\n"
    path.write_text(header + "DISTRIBUTION = 'b'\nREQUIRES = ['c']\ndef extract(html, url): return ''")
    [isolated] = registry.select([str(path)])
    plugin = registry.plugin_of(isolated)
    assert plugin.excluded == ("d",)
    assert envs._requirements(plugin, isolated) == ("a==2", "b==1")
    # What goes with one release need not go with another, so only what every release needs is kept.
    assert envs._requirements(plugin, plugin.extractor("isolated", "3")) == ("b==3", "c")


@pytest.mark.skipif(bool(os.environ.get("CLUTTERBENCH_OFFLINE")), reason="builds an environment from the package registry")
def test_excluded_package_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    [whole, without] = (build.build(build.Recipe(("breadability==0.1.21",), (*skip, "docopt"))) for skip in ((), ("chardet",)))
    names = [{item.partition("==")[0] for item in envs._freeze((envs._site(root),))} for root in (whole, without)]
    assert names[0] - names[1] == {"chardet"}


@pytest.mark.parametrize(
    "need",
    ["pk @ file:///tmp/pk", "https://example.org/a.whl", "./pk", "/tmp/pk", "-e .", "--index-url=https://example.org", "a==1 @ b", "a\nb"],
)
def test_header_names_releases_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, need: str) -> None:
    path = tmp_path / "isolated.py"
    path.write_text("def extract(html, url): return ''")
    [isolated] = registry.select([str(path)])
    plugin = dataclasses.replace(registry.plugin_of(isolated), dependencies=(need,))
    monkeypatch.setattr(envs, "plugin_of", lambda _: plugin)
    monkeypatch.setattr(envs, "build", lambda _: pytest.fail("built"))
    with pytest.raises(InstallError, match="does not name a release"):
        envs.prepare(isolated)


@pytest.mark.parametrize(
    "need", ["a", "a==1.0", "a[b,c-d]>=1,<2", "A_b.c ~= 1.4.2", "a (>=1)", "a!=2.*; python_version < '3.12'", "a===1+x"]
)
def test_release_in_a_header(need: str) -> None:
    assert envs._RELEASED.fullmatch(need)


def test_uv_is_given_what_it_needs_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, str] = {}

    def run(command: list[str], **options: dict[str, str]) -> subprocess.CompletedProcess[str]:
        seen.update(options["env"])
        return subprocess.CompletedProcess(command, 0, "", "")

    for name in ("SECRET_TOKEN", "AWS_KEY", "UV_INDEX_URL", "PIP_INDEX_URL", "https_proxy", "NO_PROXY", "SSL_CERT_FILE", "PYTHONPATH"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setattr(subprocess, "run", run)
    build._run(["uv"], "a")
    assert {"UV_INDEX_URL", "PIP_INDEX_URL", "https_proxy", "NO_PROXY", "SSL_CERT_FILE", "PATH", "HOME", "NO_COLOR"} <= set(seen)
    assert not {"SECRET_TOKEN", "AWS_KEY", "PYTHONPATH"} & set(seen)


@pytest.mark.skipif(bool(os.environ.get("CLUTTERBENCH_OFFLINE")), reason="asks the package registry")
def test_package_without_a_wheel_is_not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(InstallError, match=r"has no usable wheels.*only wheels for Python 3\.\d+\.\d+ are installed"):
        build.build(build.Recipe(("langdetect==1.0.9",)))


@pytest.mark.skipif(bool(os.environ.get("CLUTTERBENCH_OFFLINE")), reason="builds an environment from the package registry")
def test_environments_are_listed_built_and_pruned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert build.kept() == []
    extractors = registry.select(["html2text", "boilerpy3", "trafilatura", "justext==0.0.1"])
    wanted = envs.recipes(extractors)
    assert sorted(len(names) for names in wanted.values()) == [1, 1, 4]  # boilerpy3's four share one; trafilatura runs in the project's
    told: list[str] = []
    failures = envs.build_all(wanted, lambda _, reason: told.append(reason))
    assert list(failures) == ["justext==0.0.1"]
    assert sorted(bool(reason) for reason in told) == [False, False, True]
    assert sorted(each.made_of for each in build.kept()) == ["boilerpy3==1.0.7", "html2text==2025.4.15"]
    assert all(each.size > 10_000 for each in build.kept())
    (build.cache() / "building-left").mkdir()
    only = envs.recipes(registry.select(["html2text"]))
    assert sorted(each.made_of for each in build.prune(only)) == ["", "boilerpy3==1.0.7"]
    assert [each.made_of for each in build.kept()] == ["html2text==2025.4.15"]


def test_npm_gives_its_reason_after_its_code() -> None:
    message = "npm error code E404\nnpm error 404 Not Found - GET x\nnpm error A complete log of this run can be found in: x\n"
    assert build._reason(message) == "Not Found - GET x"
    message = "npm error code ETARGET\nnpm error notarget No matching version found for a@9.\n"
    assert build._reason(message) == "No matching version found for a@9."


@pytest.mark.skipif(bool(os.environ.get("CLUTTERBENCH_OFFLINE")), reason="asks the package registry")
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the package runs on this Python")
def test_package_for_another_python_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    # its metadata: Requires-Python >=3.12
    with pytest.raises(InstallError, match=r"does not satisfy Python>=3\.12.*the Python that clutterbench is installed with, 3\.11"):
        build.build(build.Recipe(("magic-html==0.1.8",)))


BACKEND = """
import zipfile, io, tarfile, pathlib

INFO = {"tinytool-1.dist-info/METADATA": "Metadata-Version: 2.1\\nName: tinytool\\nVersion: 1\\n",
        "tinytool-1.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "tinytool-1-py3-none-any.whl"
    files = {**INFO, "tinytool.py": pathlib.Path("tinytool.py").read_text()}
    record = "".join(f"{path},,\\n" for path in files) + "tinytool-1.dist-info/RECORD,,\\n"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as archive:
        for path, text in {**files, "tinytool-1.dist-info/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return name

def build_sdist(folder, config_settings=None):
    with tarfile.open(pathlib.Path(folder) / "tinytool-1.tar.gz", "w:gz") as archive:
        for path in ("pyproject.toml", "backend.py", "tinytool.py"):
            archive.add(path, f"tinytool-1/{path}")
    return "tinytool-1.tar.gz"
"""
"""A build backend without needs: nothing has to come from the network."""


def checkout(folder: Path, answer: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "tinytool.py").write_text(f"def answer(html): return {answer!r}\n")
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "tinytool"\nversion = "1"\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    return folder


def test_a_checkout_stands_in_for_its_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    build.wheel.cache_clear()
    plugin = tmp_path / "tiny.py"
    plugin.write_text('import tinytool\nDISTRIBUTION = "tinytool"\ndef extract(html, url): return tinytool.answer(html)\n')
    environments = []
    for answer in ("first", "second", "second"):
        [tiny] = registry.select([f"{plugin} @ {checkout(tmp_path / 'tinytool', answer)}"])
        assert tiny.name == f"tiny @ {tmp_path / 'tinytool'}"
        environments.append(envs.prepare(tiny))
        found: list[Extraction] = []
        extract([Task(tiny, "site/page", 1, lambda: ("<p>x</p>", "", "en"))], done=found.append)
        assert (found[0].status, found[0].text) == ("ok", answer)
        build.wheel.cache_clear()  # as a later command would begin
    assert environments[0].python != environments[1].python
    assert environments[0].fingerprint != environments[1].fingerprint
    assert environments[1:] == [environments[1]] * 2
    [same] = registry.select([f"{plugin} @ {build.wheel(tmp_path / 'tinytool')}"])
    assert envs.prepare(same).fingerprint == environments[1].fingerprint
    build.prune(())
    assert not (tmp_path / "cache" / "clutterbench" / "wheels").exists()
    build.wheel.cache_clear()


def test_a_checkout_that_cannot_be_built_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = checkout(tmp_path / "tinytool", "x")
    (folder / "backend.py").write_text("raise RuntimeError('the kettle is cold')")
    [broken] = registry.select([f"trafilatura @ {folder}"])
    with pytest.raises(InstallError, match=r"tinytool cannot be installed: .*\(RuntimeError: the kettle is cold\)") as raised:
        envs.prepare(broken)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("trafilatura @ ./nowhere", "nowhere is no wheel and no checkout of a package"),
        ("trafilatura==2.0.0 @ .", "names a release and a place"),
        ("nothing @ .", "nothing has no Python package"),
        ("readability-js @ .", "readability-js has no Python package"),
    ],
)
def test_what_no_checkout_can_stand_in_for(name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        registry.select([name])
