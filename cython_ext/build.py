"""How the kernels are built: translated to C one after the other, compiled side by side.

The extensions are those of pyproject.toml; what they have in common is here.
"""

import sysconfig
from pathlib import Path

from Cython.Build import cythonize
from setuptools.command.build_ext import build_ext

ROOMS = Path("cython_ext")
SHARED = "coarea._cyutility"  # Cython's code for memoryviews, which all kernels share
DIRECTIVES = {
    "language_level": 3,
    "autotestdict": False,  # no __test__ in the kernels: they hold what their stubs say
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
    "cdivision": True,
    "freethreading_compatible": True,
}
# They follow the user's CFLAGS, which replace those of Python: without them the kernels would be slow, silently.
FLAGS = ["-O3", "-g0", "-fwrapv", "-fno-math-errno"]
MSVC_FLAGS = ["/O2"]
LIMITED_API = [("Py_LIMITED_API", "0x030B0000"), ("CYTHON_LIMITED_API", "1")]  # one wheel for Python 3.11 and later


class BuildKernels(build_ext):
    """The kernels of all rooms."""

    def finalize_options(self) -> None:
        """Give every extension what all have in common."""
        has_limited_api = not sysconfig.get_config_var("Py_GIL_DISABLED")
        for extension in self.distribution.ext_modules:
            extension.py_limited_api = has_limited_api
            extension.define_macros = LIMITED_API if has_limited_api else []
            extension.include_dirs = [str(room) for room in ROOMS.iterdir()]
        super().finalize_options()

    def build_extensions(self) -> None:
        """Translate, then compile."""
        for extension in self.extensions:
            extension.extra_compile_args = MSVC_FLAGS if self.compiler.compiler_type == "msvc" else FLAGS
            if extension.name == SHARED:
                extension.sources = [f"{self.build_temp}/{SHARED}.c"]
        # Not in threads: the shared module would come out incomplete.
        translated = cythonize(
            self.extensions,
            include_path=[str(ROOMS)],
            build_dir=self.build_temp,
            compiler_directives=DIRECTIVES,
            shared_utility_qualified_name=SHARED,
            force=self.force,
        )
        for extension, done in zip(self.extensions, translated, strict=True):
            extension.sources, extension.depends = done.sources, done.depends
        super().build_extensions()
