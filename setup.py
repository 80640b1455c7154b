"""What pyproject.toml cannot say of the build: one wheel serves every Python from 3.11 on, since the kernel uses only the stable ABI.

The kernel is optional: where it cannot be compiled the install goes on without it, and `harness.kernel` uses plain Python.

A wheel carries the corpus, `raw/` and `gold/`, as `harness/shipped/`, so that it can be had without a checkout (`harness.corpus.shipped`).
"""

import shutil
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_py import build_py


class BuildWithCorpus(build_py):
    """Puts the corpus beside the modules; an editable install finds it in the checkout."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        shipped = Path(self.build_lib, "harness", "shipped")
        shutil.rmtree(shipped, ignore_errors=True)  # setuptools builds on what the last build left
        for name in ("raw", "gold"):
            shutil.copytree(Path(__file__).parent / name, shipped / name)


setup(
    ext_modules=[
        Extension(
            "harness.kernel._kernel",
            sources=["harness/kernel/_kernel.c"],
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            py_limited_api=True,
            optional=True,
        )
    ],
    cmdclass={"build_py": BuildWithCorpus},
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
