"""An extractor that is any program: it gets the page on standard input and writes its answer to standard output, both UTF-8."""

from __future__ import annotations

import os
import subprocess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def extractor(command: list[str]) -> Callable[..., str]:
    """Return an `extract` that runs `command` for each page, in a process of its own, with url and language in its environment."""

    def extract(html: str, url: str, language: str = "") -> str:
        environment = {**os.environ, "CLUTTERBENCH_URL": url, "CLUTTERBENCH_LANGUAGE": language}
        done = subprocess.run(command, input=html.encode("utf-8", "replace"), capture_output=True, env=environment, check=False)
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise RuntimeError(f"{os.path.basename(command[0])} ended with {done.returncode}" + (f": {said[-1]}" if said else ""))
        return done.stdout.decode("utf-8", "replace")

    return extract
