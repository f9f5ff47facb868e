"""Runs the first block of Python of README.md as it stands there: what the installed package is tried with."""

import re
import sys
from pathlib import Path

readme = Path(__file__).parents[1] / "README.md"
block = re.search(r"^```python\n(.*?)^```$", readme.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
if block is None:
    sys.exit(f"{readme} holds no block of Python")
exec(compile(block[1], str(readme), "exec"))

import coarea  # noqa: E402

print(f"coarea {coarea.__version__} runs the example of {readme.name}: {coarea.__file__}")
