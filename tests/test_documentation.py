"""What the documentation shows is run, and what it lists exists."""

import ast
import inspect
import pkgutil
import re
import shlex
import sys
import textwrap
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import imageio.v3 as iio
import numpy as np
import pytest
from scipy.io import savemat
from skimage import data

import coarea
import coarea.ct.plot
from coarea import attributes, ct, plot
from coarea.cli import main
from public import ROOMS

ROOT = Path(__file__).resolve().parents[1]
GENERATED = ("docs/_build/", "docs/auto_gallery/", "docs/generated/")
MEASURED = (
    "docs/explanations/when_not.rst",
    "docs/recipes/segmentation.rst",
)  # their scripts give the figures of their tables
MARKDOWN_BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE_ROW = re.compile(r"^   \* - (.+)((?:\n     - \d+\.\d+)+)$", re.MULTILINE)
RST_BLOCK = re.compile(r"^\.\. code-block:: (?P<language>\w+)\n\n(?P<code>(?: .*\n|\n)+)", re.MULTILINE)
SECTION = re.compile(r"^(\w+(?: \w+)*)\n-+\n(.*?)(?=\n\n\w+(?: \w+)*\n-+\n|\Z)", re.MULTILINE | re.DOTALL)
ORDER = ("Raises", "Warns", "See Also", "Notes", "Examples")  # that of numpydoc


def code_blocks(page, language):
    """Yield the blocks in one language, each with the number of lines above it."""
    text = (ROOT / page).read_text(encoding="utf-8")
    pattern = MARKDOWN_BLOCK if page.endswith(".md") else RST_BLOCK
    for block in pattern.finditer(text):
        if block["language"] == language:
            yield text.count("\n", 0, block.start("code")), textwrap.dedent(block["code"])


def pages_with(language, start=""):
    """The pages with blocks in a language of which a line starts so."""
    pages = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.rst"))]
    pages = [page for page in pages if not page.startswith(GENERATED)]
    return [
        page for page in pages if any(re.search(f"^{start}", code, re.M) for _, code in code_blocks(page, language))
    ]


@pytest.mark.parametrize("page", [page for page in pages_with("python") if page not in MEASURED])
def test_python_of_the_page_runs_as_one_script(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if page in STAND_INS:
        STAND_INS[page]()
    run_python(page)


def small_tooth():
    """Write a phantom in the form of the sample file of TomoPy."""
    h5py = pytest.importorskip("h5py")
    angles = np.arange(181)
    beam = ct.ParallelBeam(angles=np.radians(angles), n_detectors=48, detector_offset=23.5 - 21)
    attenuated = np.exp(-ct.line_integrals_of([[0.1, 15, 12, 0, 0, 0]], beam))
    with h5py.File("tooth.h5", "w") as file:
        file["exchange/data"] = np.round(10 + 1000 * attenuated[:, None])
        file["exchange/data_white"] = np.full((2, 1, 48), 1010.0)
        file["exchange/data_dark"] = np.full((2, 1, 48), 10.0)
        file["exchange/theta"] = angles.astype(float)


def small_discs():
    """Write discs in the form of the files of the Helsinki Tomography Challenge 2022."""
    angles = np.arange(0, 360.5, 0.5)
    parameters = {
        "angles": angles, "pixelSizePost": 1.0, "distanceSourceOrigin": 410.66, "distanceSourceDetector": 553.74
    }  # fmt: skip
    beam = ct.FanBeam(
        angles=np.radians(angles), n_detectors=112, source_to_axis=410.66, source_to_detector=553.74,
        detector_offset=0.02,
    )  # fmt: skip
    hole = [-0.04, 8, 8, 0, 0, 0]
    for name, holes in (("tb", [hole]), ("solid_disc", [])):
        sinogram = ct.line_integrals_of([[0.04, 34.92, 34.92, 0, -0.85, 0], *holes], beam)
        savemat(f"htc2022_{name}_full.mat", {"CtDataFull": {"sinogram": sinogram, "parameters": parameters}})
    truth = ct.rasterize([[1, 235, 235, 0, 6, 0], [-1, 54, 54, 0, 0, 0]], (512, 512)) > 0.5
    savemat("htc2022_tb_full_recon_fbp_seg.mat", {"reconFullFbpSeg": truth.astype(np.uint8)})


STAND_INS = {"docs/tutorials/tooth.rst": small_tooth, "docs/tutorials/fan_data.rst": small_discs}  # for their data


def run_python(page):
    """Run the blocks of a page as one module, and return its names; skip the test if a library is not there."""
    blocks = list(code_blocks(page, "python"))
    for library in set(re.findall(r"^(?:import|from) (\w+)", "".join(code for _, code in blocks), re.MULTILINE)):
        pytest.importorskip(library)
    module = ModuleType(Path(page).stem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, module.__name__, module)  # where pickle looks for the classes of the page
        for lines_above, code in blocks:
            exec(compile("\n" * lines_above + code, str(ROOT / page), "exec"), vars(module))
    return vars(module)


@pytest.mark.slow
@pytest.mark.parametrize("page", MEASURED)
def test_tables_say_what_the_script_of_the_page_measures(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    measured = run_python(page)["measured"]
    rows = TABLE_ROW.findall((ROOT / page).read_text(encoding="utf-8"))
    said = {name: [float(number) for number in numbers.split("\n     - ")[1:]] for name, numbers in rows}
    assert sorted(said) == sorted(measured)
    for name, numbers in said.items():
        assert numbers == pytest.approx(measured[name], abs=0.015, rel=0.01), name


def test_step_of_a_pipeline_keeps_the_rules_of_scikit_learn():
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    blocks = [code for _, code in code_blocks("docs/recipes/segmentation.rst", "python")]
    (code,) = [code for code in blocks if "class LevelLineFilter" in code]
    names = {"np": np, "coarea": coarea, "__name__": "page"}
    exec(code, names)
    for check in (checks.check_get_params_invariance, checks.check_set_params, checks.check_no_attributes_set_in_init):
        check("LevelLineFilter", names["LevelLineFilter"]())
    images = np.random.default_rng(0).integers(0, 9, (3, 6, 7)).astype(np.uint8)
    step = names["LevelLineFilter"](beta=0.5, domain="pixels")
    rows = step.fit_transform(images.tolist())
    assert (rows == [coarea.denoise_tv_l1(image, 0.5).ravel() for image in images]).all()
    for wrong in (images[0], images[..., None], images.ravel()):
        with pytest.raises(ValueError, match=r"images must be a stack \(n, rows, columns\), got an array of"):
            step.transform(wrong)
    with pytest.raises(ValueError, match="beta"):
        names["LevelLineFilter"](beta=-1).fit(images)


@pytest.mark.parametrize("page", pages_with("sh", "coarea "))
def test_command_lines_of_the_page_run(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    if page in (
        "docs/recipes/ct_files.rst",
        "docs/recipes/large_images.rst",
    ):  # whose commands take what its script writes
        run_python(page)
    Path("photos").mkdir()
    for name in ("photo.png", "simple.png", "photos/coins.png"):
        iio.imwrite(name, data.camera()[60:188, 160:288])
    lines = [line for _, code in code_blocks(page, "sh") for line in code.replace("\\\n", "").splitlines()]
    commands = [shlex.split(line) for line in lines if line.startswith("coarea ")]
    assert commands
    for command in commands:
        assert not main.main(command[1:]), command
        assert all(Path(word).exists() for word in command if word.endswith(".png"))
    assert all(line.startswith("coarea: note: ") for line in capsys.readouterr().err.splitlines())


GALLERY = sorted((ROOT / "docs/gallery").glob("plot_*.py"))
GALLERY_TEXT = re.compile(r"^# %%.*\n(?:#.*\n)*", re.MULTILINE)


@pytest.mark.parametrize(
    ("page", "language"), [(page, language) for language in ("python", "sh") for page in pages_with(language)]
)
def test_code_fits_in_79_columns(page, language):
    lines = [line for _, code in code_blocks(page, language) for line in code.splitlines()]
    assert lines
    long = [line for line in lines if len(line) > 79]
    assert [line for line in long if not line.startswith("python3 -m venv ")] == []  # set-up is one command


@pytest.mark.parametrize("script", GALLERY, ids=lambda script: script.stem)
def test_code_of_the_gallery_fits_in_79_columns(script):
    text, title = script.read_text(encoding="utf-8"), '"""'
    assert text.startswith(title)
    code = GALLERY_TEXT.sub("", text.split(title, 2)[2])
    assert "import" in code
    assert [line for line in code.splitlines() if len(line) > 79] == []


def test_readme_has_exactly_two_set_up_commands():
    lines = [line for _, code in code_blocks("README.md", "sh") for line in code.splitlines()]
    set_up = [line for line in lines if line.startswith("python3 -m venv .venv && .venv/bin/pip install ")]
    assert len(set_up) == 2
    assert set_up[0].endswith("coarea filter -o camera-filtered.png")  # works a second time, too
    assert set_up[1].endswith("pytest -n auto")


def test_badges_are_true():
    badges = (ROOT / "docs/_static/badges.svg").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f">{project['license']}<" in badges
    assert f">{project['requires-python'].removeprefix('>=')} or newer<" in badges
    assert (ROOT / "src/coarea/py.typed").exists()


def test_links_of_the_readme_lead_to_files():
    links = re.findall(r"\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (ROOT / link).exists()]
    assert links
    assert not missing


def test_reference_lists_every_public_name():
    listed = set(re.findall(r"\b\w+\b", (ROOT / "docs/api.rst").read_text(encoding="utf-8")))
    methods = [
        name
        for kind in (coarea.Tree, coarea.Hierarchy)
        for name, _ in inspect.getmembers(kind, inspect.isroutine)
        if name[0] != "_"
    ]
    functions = [
        name
        for name, function in inspect.getmembers(attributes, inspect.isfunction)
        if function.__module__.startswith(attributes.__name__) and name[0] != "_"
    ]
    assert methods
    assert functions
    assert {*coarea.__all__, *plot.__all__, *ct.__all__, *ct.plot.__all__, *methods, *functions} <= listed


def documented_names():
    """The public functions and classes, with their rooms; constants have no docstring of their own."""
    for room in sorted(ROOMS):
        for name in import_module(room).__all__:
            member = getattr(import_module(room), name)
            if inspect.isclass(member) or inspect.isfunction(member):
                yield room, name, member


@cache
def links():
    """What a reference can lead to, in full."""
    names = {f"{room}.{name}": member for room, name, member in documented_names()}
    return {*names, *(f"{name}.{method}" for name, member in names.items() for method in vars(member))}


def is_elsewhere(name):
    """Whether another library has the name."""
    try:
        return pkgutil.resolve_name(name).__module__.partition(".")[0] != "coarea"
    except (AttributeError, ImportError):
        return False


def sections_of(docstring):
    """The text of each section, by title, in their order."""
    return dict(SECTION.findall(inspect.cleandoc(docstring)))


def seen_also(text):
    """The names that the section "See Also" refers to."""
    return [name for line in text.splitlines() for name in line.partition(" : ")[0].split(", ")]


def test_sections_are_found():
    text = "Do it.\n\nSee Also\n--------\none : the first.\ntwo, b.three\n\nNotes\n-----\nSo."
    assert sections_of(text) == {"See Also": "one : the first.\ntwo, b.three", "Notes": "So."}
    assert seen_also(sections_of(text)["See Also"]) == ["one", "two", "b.three"]


@pytest.mark.parametrize(
    ("room", "name", "member"), [pytest.param(*case, id=".".join(case[:2])) for case in documented_names()]
)
def test_every_public_name_has_an_example_and_leads_to_others(room, name, member):
    sections = sections_of(member.__doc__)
    assert re.search(r"^(>>>|\.\.\.) .*\n(?!>>>|\.\.\. )\S", sections["Examples"], re.MULTILINE), "no output is shown"
    titles = [title for title in sections if title in ORDER]
    assert titles == sorted(titles, key=ORDER.index)
    others = seen_also(sections["See Also"])
    assert 1 <= len(others) == len(set(others))
    assert name not in others
    assert [other for other in others if not ({f"{room}.{other}", other} & links() or is_elsewhere(other))] == []


def test_cited_works_are_in_the_bibliography():
    known = re.findall(
        r"^\.\. \[(\w+)\]", (ROOT / "docs/explanations/theory.rst").read_text(encoding="utf-8"), re.MULTILINE
    )
    cited = set()
    for path in (ROOT / "src/coarea").rglob("*.py"):
        module = ast.parse(path.read_text(encoding="utf-8"))
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
        texts = [ast.get_docstring(node) for node in ast.walk(module) if isinstance(node, documented)]
        cited.update(re.findall(r"\[([A-Z]\w+)\]_", "\n".join(filter(None, texts))))
    assert len(known) == len(set(known))
    assert cited
    assert cited <= set(known)
