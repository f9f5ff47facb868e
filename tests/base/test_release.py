"""What is said of a release in several files is the same in all."""

import re
import tomllib
from pathlib import Path

import coarea

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RECIPE = (ROOT / ".ci/conda/recipe.yaml").read_text(encoding="utf-8")


def found(pattern, text):
    return re.search(pattern, text, re.MULTILINE)[1]


def test_version_is_that_of_the_citation_the_recipe_and_the_changelog():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    said = {
        "installed": coarea.__version__,
        "citation": found(r"^version: (\S+)$", citation),
        "recipe": found(r'^  version: "(\S+)"$', RECIPE),
        "changelog": found(r"^## \[(\S+)\]", changelog),
    }
    assert said == dict.fromkeys(said, PROJECT["version"])


def test_recipe_needs_what_the_package_needs():
    run = found(r"^  run:\n((?:    - .*\n)+)", RECIPE)
    needs = {line.removeprefix("    - ").replace(" ", "") for line in run.splitlines()}
    assert needs == {*PROJECT["dependencies"], f"python{PROJECT['requires-python']}"}
