"""Plug-ins by file name, listed by reading their files, without importing any.

A plug-in is a file; its stem is its name. What a list needs to know stands in it as literals: the docstring, `TRACK`, `CATEGORY`,
`VARIANTS`, `DISTRIBUTION`, `ANSWER`, `REQUIRES`, and the dependencies of a PEP 723 header. An extractor may also be a JavaScript module
(`.mjs`), which says the same in its first comment and in `export const NAME = …;` with JSON, or a program of the machine, described
by a TOML file.
"""

from __future__ import annotations

import ast
import functools
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness import __version__
from harness.errors import ClutterbenchError, UsageError, did_you_mean
from harness.records import TRACKS, Category, Extractor, Track

EXTRACTORS = Path(__file__).parent / "extractors"
CATEGORIES: tuple[Category, ...] = ("extractor", "converter", "baseline")
ANSWERS = ("text", "html")

_SCRIPT = re.compile(r"^# /// script\s*$\n(?P<body>(?:^#(?: .*)?$\n)+?)^# ///\s*$", re.MULTILINE)
_MODULE_DOC = re.compile(r"\A\s*/\*\*(?P<text>.*?)\*/", re.DOTALL)
_MODULE_CONSTANT = re.compile(r"^export const (?P<name>[A-Z]+) = ", re.MULTILINE)
_LICENCE = re.compile(r"\b(?:Apache-2\.0|MIT|BSD-[23]-Clause|[AL]?GPL-[23]\.[01]|MPL-2\.0|ISC|CC0-1\.0|Unlicense)\b")
_ALL = "all"
_SUFFIXES = (".py", ".mjs", ".toml")
_PINNED = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+!_-]*")


class PluginError(ClutterbenchError):
    """A plug-in file cannot be listed: it does not parse, or one of its literals is not one."""


@dataclass(frozen=True)
class Plugin:
    """What a plug-in file says about itself.

    `constants` are its literal upper-case names. `dependencies` are those of its PEP 723 header: not empty means that it runs in an
    environment of its own. `excluded` are packages that these ask for and that are left out, `tool.uv.exclude-dependencies` there.
    `command` is the program that a TOML file names, `version_command` what tells its version.
    """

    name: str
    path: Path
    doc: str
    constants: Mapping[str, Any]
    dependencies: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    version_command: tuple[str, ...] = ()

    @property
    def variants(self) -> Mapping[str, Mapping[str, Any]]:
        """Name of each variant with its options; the plug-in itself, without options, where it names none."""
        found: Mapping[str, Mapping[str, Any]] = self.constants.get("VARIANTS", {self.name: {}})
        return found

    @property
    def distribution(self) -> str:
        """The package whose version is measured, '' where the file is all there is."""
        return str(self.constants.get("DISTRIBUTION", ""))

    @property
    def default(self) -> bool:
        """Whether it runs where no extractor is named: those that need nothing but Python packages."""
        return self.path.suffix == ".py"

    @property
    def licence(self) -> str:
        """The licences that its documentation names, by their short names."""
        return " OR ".join(dict.fromkeys(_LICENCE.findall(self.doc)))

    @property
    def requires(self) -> tuple[str, ...]:
        """Further packages that another release of the distribution needs to be installed with."""
        return tuple(self.constants.get("REQUIRES", ()))

    def track(self, variant: str) -> Track:
        """The track of a variant."""
        chosen: Track = self._of("TRACK", variant, "html")
        return chosen

    def category(self, variant: str) -> Category:
        """The category of a variant."""
        chosen: Category = self._of("CATEGORY", variant, "extractor")
        return chosen

    def _of(self, name: str, variant: str, default: str) -> Any:
        """A constant that is one for all variants, or a mapping of variant to value."""
        value = self.constants.get(name, default)
        return value.get(variant, default) if isinstance(value, dict) else value

    def extractor(self, variant: str, version: str = "") -> Extractor:
        """Return a variant as it runs, in another release of its distribution if `version` is given.

        Raises UsageError where a version other than the harness's is asked of a plug-in without distribution.
        """
        requirement = f"{self.distribution}=={version}" if version and self.distribution else ""
        if version and self.command:
            raise UsageError(f"{variant} is a program of this machine, in the version that is installed; there is no {variant}=={version}.")
        if version and not requirement and version != __version__:
            raise UsageError(f"{variant} is part of clutterbench and has its version, {__version__}; there is no {variant}=={version}.")
        return Extractor(
            name=f"{variant}=={version}" if version else variant,
            plugin=self.name if self.path.parent == EXTRACTORS else str(self.path),
            track=self.track(variant),
            category=self.category(variant),
            options=self.variants[variant],
            distribution=self.distribution,
            answer=self.constants.get("ANSWER", "text"),
            requirement=requirement,
        )


def read(path: Path) -> Plugin:
    """Read what a plug-in file says about itself. Raises PluginError, naming file and line."""
    plugin = {".mjs": _read_module, ".toml": _read_program}.get(path.suffix, _read_python)(path)
    for name, value in plugin.constants.items():
        if not _CHECKS[name][0](value):
            raise PluginError(f"{path}: {name} must be {_CHECKS[name][1]}, found {value!r}")
    return plugin


def _source(path: Path, language: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PluginError(f"{path}: cannot be read as {language}: {error}") from error


def _read_module(path: Path) -> Plugin:
    """A JavaScript module; its constants are found by their form, for it is not run and there is no parser for it here."""
    source = _source(path, "JavaScript")
    constants: dict[str, Any] = {}
    for match in _MODULE_CONSTANT.finditer(source):
        if match["name"] in _CHECKS:
            line = source.count("\n", 0, match.start()) + 1
            try:
                constants[match["name"]], _ = json.JSONDecoder().raw_decode(source, match.end())
            except ValueError as error:
                raise PluginError(f"{path}:{line}: {match['name']} must be plain JSON, for plug-ins are listed without running") from error
    comment = _MODULE_DOC.match(source)
    doc = "\n".join(line.strip().removeprefix("*").strip() for line in comment["text"].strip().splitlines()) if comment else ""
    return Plugin(path.stem, path, doc, constants)


def _read_program(path: Path) -> Plugin:
    """A TOML file that describes a program: `about`, `command`, `version`, and the constants that it may have, in lower case."""
    try:
        table = tomllib.loads(_source(path, "TOML"))
    except tomllib.TOMLDecodeError as error:
        raise PluginError(f"{path}: cannot be read as TOML: {error}") from error
    constants = {name: table[name.lower()] for name in ("TRACK", "CATEGORY", "ANSWER") if name.lower() in table}
    if unknown := table.keys() - {"about", "command", "version", *(name.lower() for name in constants)}:
        raise PluginError(f"{path}: {min(unknown)!r} is no key of a program; there are about, command, version, track, category, answer")
    command, version = table.get("command"), table.get("version", [])
    for name, value in (("command", command), ("version", version)):
        if not _are_strings(value) or (name == "command" and not value):
            raise PluginError(f"{path}: {name} must be a list of strings, the program and its arguments, found {value!r}")
    return Plugin(path.stem, path, str(table.get("about", "")), constants, command=tuple(command or ()), version_command=tuple(version))


def _read_python(path: Path) -> Plugin:
    source = _source(path, "Python")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise PluginError(f"{path}: cannot be read as Python: {error}") from error
    constants: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and target.id in _CHECKS:
                    constants[target.id] = _literal(path, target.id, node.value)
    return Plugin(path.stem, path, ast.get_docstring(tree) or "", constants, *_script(path, source))


def _literal(path: Path, name: str, value: ast.expr) -> Any:
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError) as error:
        raise PluginError(f"{path}:{value.lineno}: {name} must be a plain literal, for plug-ins are listed without running") from error


def _script(path: Path, source: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the PEP 723 header asks for, and what of that it leaves out."""
    match = _SCRIPT.search(source)
    if not match:
        return (), ()
    body = "".join(line[2:] if line.startswith("# ") else line[1:] for line in match["body"].splitlines(keepends=True))
    try:
        header = tomllib.loads(body)
    except tomllib.TOMLDecodeError as error:
        raise PluginError(f"{path}: the script header is not TOML: {error}") from error
    tool = header.get("tool", {})
    settings = tool.get("uv", {}) if isinstance(tool, dict) else {}
    found, excluded = header.get("dependencies", []), settings.get("exclude-dependencies", []) if isinstance(settings, dict) else []
    for name, value in (("dependencies", found), ("exclude-dependencies", excluded)):
        if not _are_strings(value):
            raise PluginError(f"{path}: {name} in the script header must be a list of strings, found {value!r}")
    return tuple(found), tuple(excluded)


def _are_strings(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _are_variants(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(
        isinstance(name, str) and isinstance(options, dict) and all(isinstance(key, str) for key in options)
        for name, options in value.items()
    )  # fmt: skip


def _each_in(value: Any, allowed: Sequence[str]) -> bool:
    return value in allowed if isinstance(value, str) else isinstance(value, dict) and all(item in allowed for item in value.values())


_CHECKS: Mapping[str, Any] = {
    "TRACK": (lambda value: _each_in(value, TRACKS), "'html' or 'text', or a mapping of variant to one of them"),
    "CATEGORY": (lambda value: _each_in(value, CATEGORIES), f"one of {', '.join(CATEGORIES)}, or a mapping of variant to one of them"),
    "VARIANTS": (_are_variants, "a mapping of variant to options"),
    "DISTRIBUTION": (lambda value: isinstance(value, str), "the name of a package"),
    "ANSWER": (lambda value: value in ANSWERS, "one of " + ", ".join(ANSWERS)),
    "REQUIRES": (_are_strings, "a list of requirements"),
}


def plugins(folder: Path) -> dict[str, Plugin]:
    """Return the plug-ins of a folder by name, sorted; files whose names begin with `_` are none.

    Raises PluginError where two files, as `a.py` and `a.mjs`, would be one plug-in.
    """
    found: dict[str, Plugin] = {}
    for path in sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES and not path.name.startswith("_")):
        if path.stem in found:
            raise PluginError(f"{path}: there is a plug-in {path.stem!r} already, {found[path.stem].path.name}; rename one of them")
        found[path.stem] = read(path)
    return found


@functools.cache
def extractors() -> dict[str, Plugin]:
    """Return the extractor plug-ins by name. Raises PluginError for a file that cannot be listed."""
    return plugins(EXTRACTORS)


def variants() -> dict[str, Extractor]:
    """Return every variant of every extractor by name. Raises PluginError where two plug-ins name the same variant."""
    found: dict[str, Extractor] = {}
    for plugin in extractors().values():
        for variant in plugin.variants:
            if variant in found:
                raise PluginError(f"{plugin.path}: variant {variant!r} is also one of {found[variant].plugin}")
            found[variant] = plugin.extractor(variant)
    return found


def plugin_of(extractor: Extractor) -> Plugin:
    """Return the plug-in of an extractor; one from outside our folder carries its path as plug-in name."""
    known = extractors().get(extractor.plugin)
    return known if known else read(Path(extractor.plugin))


def select(names: Sequence[str], track: Track | None = None) -> list[Extractor]:
    """Return the extractors that `names` stand for, in that order, each once; the default set where there are no names.

    A name is a variant, a plug-in (all its variants, unless a variant has that name too), `VARIANT==VERSION`, `all`, or a path to a
    plug-in file, which ends in `.py`, `.mjs` or `.toml`; behind any of them ` @ PLACE` asks for its package as a checkout or wheel has it.
    Raises UsageError for any other, for one of another track, and for two different
    ones of one name.
    """
    chosen: dict[str, Extractor] = {}
    for name in names or [""]:
        for extractor in _named(name):
            if track not in (None, extractor.track):
                if name in ("", _ALL):
                    continue
                raise UsageError(f"{extractor.name} reads the {extractor.track} track, not {track}.")
            other = chosen.setdefault(extractor.name, extractor)
            if other != extractor:
                files = f"{plugin_of(other).path} and {plugin_of(extractor).path}"
                raise UsageError(f"{extractor.name!r} would be two extractors, of {files}; rename one of them.")
    return list(chosen.values())


def _named(name: str) -> list[Extractor]:
    named, at, place = name.partition(" @ ")
    if at:
        return [_at(each, place.strip()) for each in _named(named.strip())]
    if name in ("", _ALL):
        return [extractor for extractor in variants().values() if name or plugin_of(extractor).default]
    if name.endswith(_SUFFIXES):
        if not Path(name).is_file():
            raise UsageError(f"There is no file {name}.")
        plugin = read(Path(name).resolve())
        return [plugin.extractor(variant) for variant in plugin.variants]
    variant, pinned, version = name.partition("==")
    known = variants()
    if pinned and not _PINNED.fullmatch(version):
        raise UsageError(f"{name!r}: a version must follow '==', as in trafilatura==2.0.0.")
    if variant in known:
        return [plugin_of(known[variant]).extractor(variant, version)]
    if variant in extractors():
        plugin = extractors()[variant]
        return [plugin.extractor(each, version) for each in plugin.variants]
    raise UsageError(f"There is no extractor {variant!r}.{did_you_mean(variant, known)}")


def _at(extractor: Extractor, place: str) -> Extractor:
    """Return an extractor whose package is the one of a checkout, or of a wheel, instead of a release."""
    name, path = f"{extractor.name} @ {place}", Path(place).resolve()
    if extractor.requirement:
        raise UsageError(f"{name!r} names a release and a place; give one of them.")
    if not extractor.distribution or plugin_of(extractor).path.suffix != ".py":
        raise UsageError(f"{name!r}: {extractor.name} has no Python package that a checkout or wheel could stand in for.")
    wheel = path.suffix == ".whl" and path.is_file()
    if not wheel and not any((path / file).is_file() for file in ("pyproject.toml", "setup.py")):
        raise UsageError(f"{name!r}: {place} is no wheel and no checkout of a package, which has a pyproject.toml.")
    return replace(extractor, name=name, requirement=f"{extractor.distribution} @ {path}")
