"""Plug-ins are listed without being run."""

import sys
from pathlib import Path

import pytest

import harness
from harness import registry
from harness.errors import UsageError


def write(folder: Path, source: str, name: str = "mine") -> Path:
    path = folder / f"{name}.py"
    path.write_text(source)
    return path


def test_listing_runs_nothing(tmp_path: Path) -> None:
    write(tmp_path, '"""One.\n\nTwo."""\nimport no_such_module\nVARIANTS = {"a": {"x": 1}, "b": {}}\nTRACK = "text"\n1 / 0')
    write(tmp_path, "", "_helper")
    plugins = registry.plugins(tmp_path)
    assert list(plugins) == ["mine"]
    assert plugins["mine"].doc == "One.\n\nTwo."
    assert plugins["mine"].variants == {"a": {"x": 1}, "b": {}}
    assert plugins["mine"].track("a") == "text"


def test_our_own_are_listed_without_importing_them() -> None:
    sys.modules.pop("trafilatura", None)
    registry.extractors.cache_clear()
    assert {"everything", "nothing", "trafilatura", "readability", "justext", "c4-lines"} <= set(registry.extractors())
    assert "trafilatura" not in sys.modules


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("VARIANTS = dict(a={})", ":1: VARIANTS must be a plain literal"),
        ("TRACK = 'pdf'", "TRACK must be 'html' or 'text'"),
        ("CATEGORY = 'toy'", "CATEGORY must be one of extractor, converter, baseline, or a mapping of variant to one of them, found 'toy'"),
        ("CATEGORY = {'mine': 'toy'}", "CATEGORY must be one of"),
        ("# /// script\n# dependencies = []\n# [tool.uv]\n# exclude-dependencies = 'a'\n# ///\n", "exclude-dependencies in the script"),
        ("VARIANTS = {'a': 1}", "VARIANTS must be a mapping of variant to options"),
        ("VARIANTS = {}", "VARIANTS must be"),
        ("ANSWER = 'markdown'", "ANSWER must be one of text, html"),
        ("REQUIRES = 'lxml'", "REQUIRES must be a list"),
        ("def extract(:", "cannot be read as Python"),
        ("# /// script\n# dependencies = [1]\n# ///\n", "must be a list of strings"),
        ("# /// script\n# dependencies = [\n# ///\n", "the script header is not TOML"),
    ],
)
def test_file_that_cannot_be_listed_names_itself(tmp_path: Path, source: str, words: str) -> None:
    path = write(tmp_path, source)
    with pytest.raises(registry.PluginError) as caught:
        registry.read(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def test_dependencies_of_the_script_header(tmp_path: Path) -> None:
    source = '# /// script\n# requires-python = ">=3.11"\n# dependencies = [\n#   "a==1",\n# ]\n# ///\n"""Doc."""\n'
    assert registry.read(write(tmp_path, source)).dependencies == ("a==1",)


def test_select_variant_plug_in_version_and_path(tmp_path: Path) -> None:
    assert [each.name for each in registry.select(["trafilatura"])] == ["trafilatura"]
    assert [each.name for each in registry.select(["nothing", "nothing"])] == ["nothing"]
    [pinned] = registry.select(["trafilatura-precision==2.0.0"])
    assert (pinned.name, pinned.requirement) == ("trafilatura-precision==2.0.0", "trafilatura==2.0.0")
    assert dict(pinned.options) == {"favor_precision": True}
    path = write(tmp_path, "VARIANTS = {'one': {}, 'two': {}}")
    assert [each.name for each in registry.select([str(path)])] == ["one", "two"]


def test_select_by_track() -> None:
    assert {each.name for each in registry.select([], "text")} >= {"justext-lines", "c4-lines", "everything-lines", "nothing-lines"}
    assert all(each.track == "text" for each in registry.select([], "text"))
    assert all(each.track == "html" for each in registry.select([], "html"))
    with pytest.raises(UsageError, match="c4-lines reads the text track, not html"):
        registry.select(["c4-lines"], "html")


def test_unknown_names() -> None:
    with pytest.raises(UsageError, match=r"Did you mean \"trafilatura\"\?"):
        registry.select(["trafilatra"])
    with pytest.raises(UsageError, match="There is no file no/such"):
        registry.select(["no/such.py"])
    with pytest.raises(UsageError, match="a version must follow"):
        registry.select(["trafilatura=="])
    with pytest.raises(UsageError, match=r"there is no nothing==9\.9"):
        registry.select(["nothing==9.9"])
    assert registry.select([f"c4-lines=={harness.__version__}"])[0].requirement == ""


def test_two_plug_ins_with_one_variant_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "VARIANTS = {'same': {}}", "one")
    write(tmp_path, "VARIANTS = {'same': {}}", "two")
    monkeypatch.setattr(registry, "extractors", lambda: registry.plugins(tmp_path))
    with pytest.raises(registry.PluginError, match="'same' is also one of"):
        registry.variants()


def test_two_extractors_of_one_name_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "justext.py"
    other.write_text("def extract(html, url): return ''")
    with pytest.raises(UsageError, match="'justext' would be two extractors") as raised:
        registry.select(["justext", str(other)])
    assert str(other) in str(raised.value)
    assert str(registry.EXTRACTORS / "justext.py") in str(raised.value)
    assert len(registry.select(["justext", "justext"])) == 1
    assert len(registry.select([str(other), str(other)])) == 1


MODULE = """/**
 * A module.
 *
 * MIT; home: https://mine.test.
 */
import x from "y";
export const VARIANTS = {
  "mine": {},
  "mine-other": {"deep": [1, 2]}
};
export const TRACK = "text";
export const extract = (html) => html;
const ANSWER = "html";
"""


def test_module_is_listed_without_running_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.mjs"
    path.write_text(MODULE)
    plugin = registry.read(path)
    assert plugin.doc == "A module.\n\nMIT; home: https://mine.test."
    assert plugin.variants == {"mine": {}, "mine-other": {"deep": [1, 2]}}
    assert plugin.track("mine-other") == "text"
    assert plugin.extractor("mine").answer == "text"
    assert not plugin.default
    path.write_text("export const TRACK = track();\n")
    with pytest.raises(registry.PluginError, match=r"mine\.mjs:1: TRACK must be plain JSON"):
        registry.read(path)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.mjs").write_text("")
    (tmp_path / "mine.py").write_text("")
    with pytest.raises(registry.PluginError, match=r"there is a plug-in 'mine' already, mine\.mjs"):
        registry.plugins(tmp_path)


def test_default_set_needs_only_python_and_all_is_all() -> None:
    default, everything = ([extractor.name for extractor in registry.select(names)] for names in ([], ["all"]))
    assert set(everything) == set(registry.variants())
    assert {registry.plugin_of(registry.variants()[name]).path.suffix for name in default} == {".py"}
    assert "readability-js" in set(everything) - set(default)
    assert {extractor.track for extractor in registry.select(["all"], "text")} == {"text"}


def test_category_may_differ_by_variant() -> None:
    found = registry.variants()
    assert (found["resiliparse"].category, found["resiliparse-all"].category) == ("extractor", "converter")
