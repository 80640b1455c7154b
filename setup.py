"""What pyproject.toml cannot say of the build: one wheel serves every Python from 3.11 on, since the kernel uses only the stable ABI.

The kernel is optional: where it cannot be compiled the install goes on without it, and `harness.kernel` uses plain Python.
"""

from setuptools import Extension, setup

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
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
