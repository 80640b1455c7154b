"""The guards one by one: what stands where the kernel refuses a layer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.extract import sandbox
from harness.extract.workers import guards

WORKERS = sandbox._WORKERS


def run(code: str) -> str:
    """Run `code` in a fresh interpreter, with the guards as `guards`; what it prints."""
    done = subprocess.run([sys.executable, "-c", f"import sys; sys.path[:0] = [{str(WORKERS)!r}]\nimport guards\n{code}"],
        capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_audit_hook_alone_refuses_network_and_files(tmp_path: Path) -> None:
    (tmp_path / "gold.txt").write_text("secret")
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    (allowed / "page.txt").write_text("fine")
    (allowed / "link.txt").symlink_to(tmp_path / "gold.txt")
    code = f"""
import socket
watch = guards.Watch()
print(watch.arm(network=True, readable=[{str(allowed)!r}, sys.prefix, sys.base_prefix]))
print(open({str(allowed / "page.txt")!r}).read())
for path in ({str(tmp_path / "gold.txt")!r}, {str(allowed / "link.txt")!r}, {str(allowed / ".." / "gold.txt")!r}):
    try:
        open(path)
    except PermissionError as error:
        print("refused")
try:
    socket.create_connection(("192.0.2.1", 80), timeout=0.01)
except PermissionError:
    print("refused")
print(watch.attempts)
"""
    lines = run(code).splitlines()
    assert lines[:6] == ["True", "fine", *["refused"] * 4]
    assert "192.0.2.1:80" in lines[6]


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp and Landlock are Linux's")
def test_kernel_layers_bind_native_code_and_children(tmp_path: Path) -> None:
    gold = tmp_path / "gold.txt"
    gold.write_text("secret")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    code = f"""
import os, subprocess
roots = [*guards.READABLE, sys.prefix, sys.base_prefix]
print(guards.confine_files(roots, {str(scratch)!r}), guards.forbid_calls())
open({str(scratch / "own.txt")!r}, "w").write("own")
print(subprocess.run(["cat", {str(scratch / "own.txt")!r}], capture_output=True, text=True).stdout)
print(subprocess.run(["cat", {str(gold)!r}], capture_output=True, text=True).stdout == "")
print(guards._LIBC.open({str(gold).encode()!r}, 0))
print(guards._LIBC.socket(2, 1, 0), guards._LIBC.socket(10, 2, 0))
"""
    lines = run(code).splitlines()
    if lines[0] != "True True":
        pytest.skip(f"this kernel refuses one of them: {lines[0]}")
    assert lines[1:] == ["own", "True", "-1", "-1 -1"]


def test_every_layer_may_be_missing() -> None:
    code = """
guards._LINUX = False
print(guards.leave_network(), guards.confine_files([], "/tmp"), guards.forbid_calls(), guards.own_scratch("/tmp"),
      guards.drop_capabilities([]), guards.keep_children())
"""
    assert set(run(code).split()) == {"False"}


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
def test_tables_hold_each_number_once() -> None:
    for column in (0, 1):
        tables = [
            *guards._DENIED.values(),
            *(both for both, _ in guards._REFUSED.values()),
            *(call[0] for call in guards._BY_ARGUMENT.values()),
        ]
        numbers = [both[column] for both in tables if both[column] is not None]
        assert len(numbers) == len(set(numbers))
        assert len(guards._program(column, 0)) % 8 == 0


@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="for root on Linux")
def test_packages_in_the_home_of_another_user_stay_readable(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "package.py").write_text("there")
    os.chown(home, 12345, 12345)
    home.chmod(0o700)
    code = f"""
print(guards.drop_capabilities([{str(home)!r}]), open({str(home / "package.py")!r}).read())
try:
    open({str(home / "new")!r}, "w")
except PermissionError:
    print("refused")
"""
    assert run(code).splitlines() == ["False there", "refused"]
