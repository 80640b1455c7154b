"""Programs of the machine as extractors: a TOML file, standard input, standard output."""

import os
import sys
from pathlib import Path

import pytest

from harness import registry
from harness.errors import InstallError, UsageError
from harness.extract import envs
from harness.extract.sandbox import Limits
from harness.extract.schedule import Task, extract
from harness.records import Extraction


def program(folder: Path, command: str, more: str = "") -> Path:
    path = folder / "mine.toml"
    path.write_text(f'about = "mine. MIT; home: https://mine.test."\ncommand = {command}\n{more}')
    return path


def run(path: Path, *pages: str, limits: Limits | None = None) -> list[Extraction]:
    [extractor] = registry.select([str(path)])
    results: dict[str, Extraction] = {}
    tasks = [
        Task(extractor, f"probe/{number}", 1, lambda text=text: (text, "https://x.test/", "de"))  # type: ignore[misc]
        for number, text in enumerate(pages)
    ]
    facts = extract(tasks, done=lambda found: results.update({found.page: found}), slots=1, limits=limits)
    assert facts.failures == {}
    return [results[task.page] for task in tasks]


def test_page_comes_on_standard_input_and_the_answer_on_standard_output(tmp_path: Path) -> None:
    [found] = run(program(tmp_path, '["tr", "a-z", "A-Z"]'), "grüße <b>\n" * 50_000)
    assert (found.status, found.text) == ("ok", "GRüßE <B>\n" * 50_000)


def test_url_and_language_are_in_its_environment(tmp_path: Path) -> None:
    command = """["sh", "-c", 'echo "$CLUTTERBENCH_URL $CLUTTERBENCH_LANGUAGE"']"""
    [found] = run(program(tmp_path, command), "")
    assert found.text == "https://x.test/ de\n"


def test_file_beside_is_named_by_its_full_path_and_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "rules.sed").write_text("s/menu//\n")
    [found] = run(program(tmp_path, '["sed", "-f", "rules.sed"]'), "a menu b")
    assert found.text == "a  b"


def test_answer_may_be_html(tmp_path: Path) -> None:
    [found] = run(program(tmp_path, '["cat"]', 'answer = "html"\n'), "<p>one<p>two")
    assert found.text == "one\ntwo"


def test_exit_status_other_than_0_is_an_error_with_what_was_said(tmp_path: Path) -> None:
    first, second = run(
        program(tmp_path, """["sh", "-c", "grep -q good || { echo first >&2; echo 'no text' >&2; exit 4; }"]"""), "bad", "good"
    )
    assert (first.status, first.text) == ("error", "")
    assert first.detail.startswith("RuntimeError: sh ended with 4: no text")
    assert second.status == "ok"


@pytest.mark.skipif(sys.platform != "linux", reason="the guards are Linux's")
def test_same_limits_and_guards(tmp_path: Path) -> None:
    spins, good = run(program(tmp_path, """["sh", "-c", "grep -q good || while :; do :; done"]"""), "bad", "good", limits=Limits(cpu=0.5))
    assert (spins.status, good.status) == ("timeout", "ok")
    [connects] = run(program(tmp_path, """["bash", "-c", "exec 3<>/dev/tcp/192.0.2.1/9"]"""), "")
    assert "Network is unreachable" in connects.detail
    [reads] = run(program(tmp_path, '["sh", "-c", "cat /etc/shadow"]'), "")
    assert "Permission denied" in reads.detail
    fills = """["bash", "-c", "x=$(head -c 1000000000 /dev/zero | tr '\\\\0' x); echo $x"]"""
    [grows] = run(program(tmp_path, fills), "", limits=Limits(memory=200 << 20))
    assert grows.status in ("error", "memory")


def test_version_is_what_the_program_tells(tmp_path: Path) -> None:
    [sed] = registry.select([str(program(tmp_path, '["sed", "-n", "p"]', 'version = ["sh", "-c", "echo sed 4.9-2"]\n'))])
    first = envs.prepare(sed)
    assert first.version == "4.9-2"
    assert first.freeze == ("sed==4.9-2",)
    [sed] = registry.select([str(program(tmp_path, '["sed", "-n", "p"]', 'version = ["sh", "-c", "echo sed 4.10"]\n'))])
    assert envs.prepare(sed).fingerprint != first.fingerprint


def test_program_that_is_not_there_did_not_run(tmp_path: Path) -> None:
    [absent] = registry.select([str(program(tmp_path, '["no-such-program"]'))])
    with pytest.raises(
        InstallError, match=r"mine: there is no program 'no-such-program' on this machine's path; mine\.toml says what it is"
    ):
        envs.prepare(absent)


def test_program_has_no_other_version(tmp_path: Path) -> None:
    plugin = registry.read(program(tmp_path, '["cat"]'))
    with pytest.raises(UsageError, match="mine is a program of this machine, in the version that is installed"):
        plugin.extractor("mine", "2.0")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("command = 'cat'", "command must be a list of strings, the program and its arguments, found 'cat'"),
        ("about = 'x'", "command must be a list of strings"),
        ("command = []", "command must be a list of strings"),
        ("command = ['a']\nversion = 2", "version must be a list of strings"),
        ("command = ['a']\nstdin = true", "'stdin' is no key of a program; there are about, command, version, track, category, answer"),
        ("command = ['a']\ntrack = 'pdf'", "TRACK must be 'html' or 'text'"),
        ("command = [", "cannot be read as TOML"),
    ],
)
def test_file_that_cannot_be_listed_says_why(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(registry.PluginError) as caught:
        registry.read(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def test_nothing_of_our_environment_reaches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    [found] = run(program(tmp_path, '["env"]'), "")
    assert "SECRET_TOKEN" not in found.text
    assert f"HOME={os.environ['HOME']}\n" not in found.text
