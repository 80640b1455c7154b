"""An extractor's environment: the project's own, or one built by uv for the releases that it pins; and what identifies it."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from harness import __version__
from harness.errors import InstallError
from harness.extract.sandbox import WORKER_FILES, Limits
from harness.records import Extractor
from harness.registry import Plugin, plugin_of

_REQUIREMENT = re.compile(r"\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[(?P<extras>[^]]*)])?")
_RELEASED = re.compile(r" *[A-Za-z0-9][A-Za-z0-9._-]* *(\[[A-Za-z0-9 ._,-]*])? *([<>=!~(][A-Za-z0-9 .,<>=!~*+()_-]*)?(;[^\n\r]*)?")
_PASSED_ON = re.compile(r"(UV|PIP|LC)_.*|SSL_CERT_.*|.*_proxy|XDG_(CACHE|CONFIG|DATA)_HOME|PATH|HOME|LANG|TMPDIR|NETRC", re.IGNORECASE)
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")


@dataclass(frozen=True)
class Environment:
    """Where an extractor runs.

    `version` is that of its distribution, the harness's where it has none; `freeze` all that is installed, sorted `name==version`;
    `fingerprint` changes when anything that can change an answer does; `roots` are the folders that a worker must be able to read, its
    prefix first; `sites` those in them that hold packages.
    """

    python: Path
    version: str
    freeze: tuple[str, ...]
    fingerprint: str
    roots: tuple[Path, ...]
    sites: tuple[Path, ...]


def prepare(extractor: Extractor, limits: Limits | None = None) -> Environment:
    """Return the extractor's environment, built first if need be. Raises InstallError with one sentence."""
    plugin = plugin_of(extractor)
    requirements = _requirements(plugin, extractor)
    for requirement in requirements:
        if not _RELEASED.fullmatch(requirement):
            raise InstallError(
                f"{extractor.name}: {requirement!r} in {plugin.path.name} does not name a release; files, folders and addresses are not"
                " installed. Write it as in 'name==1.2'."
            )
    if requirements:
        root = _build(requirements, plugin.excluded)
        sites: tuple[Path, ...] = (_site(root),)
        roots: tuple[Path, ...] = (root, Path(sys.base_prefix))
        python = root / "bin" / "python"
        closure = _installed(sites)
    else:
        sites = tuple({Path(sysconfig.get_path(name)): None for name in ("purelib", "platlib")})  # often one and the same
        roots = (Path(sys.prefix), Path(sys.base_prefix))
        python = Path(sys.executable)
        closure = _closure(_installed(sites), (*filter(None, [extractor.distribution]), *plugin.requires))
    version = __version__
    if extractor.distribution:
        found = closure.get(_normal(extractor.distribution))
        if found is None:
            raise InstallError(f"{extractor.name}: {extractor.distribution} is not installed.")
        version = found.version
    fingerprint = _fingerprint(plugin, extractor, limits or Limits(), closure)
    return Environment(python, version, _freeze(sites), fingerprint, roots, sites)


def _requirements(plugin: Plugin, extractor: Extractor) -> tuple[str, ...]:
    """What an environment of its own must hold; () for the project's environment.

    The releases that a header pins were chosen for the release that it pins, so for another one only `REQUIRES` goes with it.
    """
    if not extractor.requirement:
        return tuple(sorted(plugin.dependencies))
    others = [need for need in plugin.requires if _name_of(need) != _normal(extractor.distribution)]
    return tuple(sorted({*others, extractor.requirement}))


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "clutterbench" / "envs"


def _build(requirements: tuple[str, ...], excluded: tuple[str, ...] = ()) -> Path:
    """Return the folder of a virtual environment with `requirements` but without what is `excluded`, from the cache where it is there.

    Only wheels are installed, for to build a package means to run its code with all our rights. It is built beside and renamed, so what
    is there is whole; of two processes that build the same one, the second uses the first's.
    """
    key = json.dumps([requirements, excluded, platform.python_version(), platform.machine(), sys.platform])
    target = _cache() / hashlib.sha256(key.encode()).hexdigest()[:24]
    if target.is_dir():
        return target
    import uv

    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix="building-", dir=target.parent))
    base = getattr(sys, "_base_executable", None) or sys.executable
    try:
        tool = uv.find_uv_bin()
        _run([tool, "venv", "--quiet", "--no-project", "--relocatable", "--allow-existing", "--python", base, str(building)], requirements)
        without = building / "excluded.txt"
        without.write_text("\n".join(excluded), encoding="utf-8")
        command = [tool, "pip", "install", "--quiet", "--python", str(building / "bin" / "python"), "--compile-bytecode"]
        _run([*command, "--only-binary", ":all:", "--excludes", str(without), "--", *requirements], requirements)
        try:
            building.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    except OSError as error:
        raise InstallError(f"{', '.join(requirements)}: the environment cannot be built: {error}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def _run(command: list[str], requirements: tuple[str, ...]) -> None:
    environment = {name: value for name, value in os.environ.items() if _PASSED_ON.fullmatch(name)}
    environment |= {"NO_COLOR": "1", "COLUMNS": "10000"}  # colour and wrapping would tear the sentence that is wanted from it
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise InstallError(f"{', '.join(requirements)} cannot be installed: {_reason(done.stderr)}{_no_wheel(done.stderr)}")


def _reason(message: str) -> str:
    """The conclusion of uv's message in one line: from its last cause on, for it wraps lines."""
    cause = re.split(r"(?:╰─▶|├─▶|Caused by:|error:)", re.split(r"\n\s*hint:", message)[0])[-1]
    return " ".join(cause.split()) or "uv gave no reason"


def _no_wheel(message: str) -> str:
    if "no usable wheels" not in message and "no wheels" not in message and "building from source is disabled" not in message:
        return ""
    return " (only wheels are installed: to build a package would run its code outside the sandbox)"


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


def _fingerprint(plugin: Plugin, extractor: Extractor, limits: Limits, closure: Mapping[str, metadata.Distribution]) -> str:
    """Identify all that an answer rests on, the page apart."""
    parts = [
        [hashlib.sha256(path.read_bytes()).hexdigest() for path in (plugin.path, *WORKER_FILES)],
        json.dumps(extractor.options, sort_keys=True),
        extractor.track,
        limits.describe(),
        platform.python_version(),
        sorted((name, _record(distribution)) for name, distribution in closure.items()),
    ]
    if extractor.answer == "html":
        from harness.corpus import segment

        parts.append(segment.VERSION)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
