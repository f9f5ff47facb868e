"""Words on the command line: what is refused and how, help, examples, completion, and how soon it starts."""

import argparse
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import coarea
from coarea.cli.main import build_parser, main
from terminal import assert_refusal, contents, run

pytestmark = pytest.mark.usefixtures("photo_folder")
COMMANDS = ("filter", "open", "close", "grain", "lines", "scales", "segment", "tree", "info")
REFUSALS = {
    "": "the following arguments are required: COMMAND (see coarea --help)",
    "flter photo.png": "invalid choice flter (did you mean filter?); choose from filter, open, close,",
    "sharpen photo.png": "invalid choice sharpen; choose from filter, open,",
    "--verson": "unrecognized option --verson (did you mean --version?) (see coarea --help)",
    "--print-completion fish": "invalid choice fish; choose from bash, zsh, tcsh (see coarea --help)",
    "filter photo.png --bet 3": "unrecognized option --bet (did you mean --beta?) (see coarea filter --help)",
    "filter photo.png --bet=3": "unrecognized option --bet (did you mean --beta?) (see coarea filter --help)",
    "filter photo.png --out x.png": "unrecognized option --out (did you mean --output?) (see coarea filter --help)",
    "filter photo.png --sigma 3": "unrecognized option --sigma (see coarea filter --help)",
    "filter photo.png -x": "unrecognized option -x",
    "open photo.png --beta 3": "unrecognized option --beta (see coarea open --help)",
    "filter photo.png --domain shape": "--domain: invalid choice shape (did you mean shapes?); choose from pixels,",
    "filter photo.png --domain MAX_TREE": "(did you mean max_tree?)",
    "filter photo.png --method rof": "--method: invalid choice rof; choose from l1, l2 (see coarea filter --help)",
    "filter photo.png --tie middle": "--tie: invalid choice middle; choose from lower, upper",
    "filter photo.png --neighbors 5": "--neighbors: invalid choice 5; choose from 2, 4, 8, 16, 6, 26",
    "filter photo.png --beta": "--beta: expected one argument (see coarea filter --help)",
    "filter photo.png --beta much": "--beta: must be a number >= 0, got much (see coarea filter --help)",
    "filter photo.png --beta -3": "--beta: must be a number >= 0, got -3",
    "filter photo.png --beta nan": "--beta: must be a number >= 0, got nan",
    "lines photo.png --beta inf": "--beta: must be a number >= 0, got inf (see coarea lines --help)",
    "filter photo.png --quantile 2": "--quantile: must be a number from 0 to 1, got 2",
    "filter photo.png --resolution 0": "--resolution: must be a positive number, got 0",
    "filter photo.png --channel-axis C": "--channel-axis: must be an axis, 0 for the first and -1 for the last, got C",
    "filter photo.png --nodata none": "--nodata: must be nan or a number, got none",
    "filter photo.png --workers 0": "--workers: must be a whole number of at least 1, or -1 for all processors, got 0",
    "filter photo.png --workers 1.5": "--workers: must be a whole number of at least 1, or -1 for all",
    "filter ''": "inputs are names of files, not empty",
    "filter - -o out.png": "inputs are names of files, not the standard input",
    "filter photo.png -o ''": "-o names a file, not nothing (see coarea filter --help)",
    "filter photo.png -o -": "-o names a file, not the standard output (see coarea filter --help)",
    "filter photo.png --mask ''": "--mask: must be the name of a file, got nothing",
    "filter photo.png --weights -": "--weights: must be the name of a file, got -",
    "tree photo.png --csv ''": "--csv: must be the name of a file, got nothing",
    "filter photo.png --where": "--where: expected one argument",
    "filter photo.png --where aera>3": "--where: unknown attribute 'aera' (did you mean area?); known are area,",
    "grain photo.png --border mediam": "maximum, a number or ROW,COLUMN (did you mean median?), got mediam (see coarea",
    "grain photo.png --border nan": "--border: must be half-area, median, mean, minimum, maximum, a number or ROW,",
    "tree photo.png --border 3,x": "--border: must be half-area,",
    "lines photo.png --connectivity 8/4": "--connectivity: must be 8-4, 4-8, self-dual, 26-6, 6-26, or 1, 2, ... (did",
    "filter photo.png --connectivity all": "--connectivity: must be 8-4, 4-8, self-dual, 26-6, 6-26, or 1, 2, ..., got",
    "open photo.png --area 0": "--area: must be a positive number, got 0 (see coarea open --help)",
    "open photo.png --connectivity x": "--connectivity: must be a whole number of at least 1, got x",
    "lines photo.png --scale 0": "--scale: invalid choice 0; choose from 1, 2,",
    "lines photo.png --step nan": "--step: must be a positive number, got nan",
    "scales photo.png --betas 3,1": "--betas: must increase, got 3,1 (see coarea scales --help)",
    "scales photo.png --betas 1,,3": "--betas: must be a number >= 0, got nothing (see coarea scales --help)",
    "scales photo.png --csv curve.txt": "--csv must name a file that ends in .csv, got curve.txt",
    "scales photo.png --domain max_tree --border 0": "--border goes with --domain shapes, not with max_tree",
    "scales photos -o out --csv curve.csv": "--csv takes one image (see coarea scales --help)",
    "filter photo.png --regions 0": "--regions: must be a whole number of at least 1, got 0",
    "filter photo.png --zones": "--zones goes with --regions (see coarea filter --help)",
    "filter photo.png --min-area 3": "--min-area goes with --regions (see coarea filter --help)",
    "filter photo.png --regions 3 --beta 0": "--beta does not go with --regions",
    "filter photo.png --regions 3 --neighbors 8": "--neighbors does not go with --regions",
    "filter photo.png --regions 3 --method l2": "--regions goes with --method l1, not with l2",
    "filter photo.png --where area>1 --regions 3": "--regions does not go with --where",
    "tree photo.png --largest -1": "--largest: must be a whole number of at least 1, got -1",
    "tree photo.png -o out.png": "unrecognized option -o",
    "ct demo --size 0": "--size: must be a whole number of at least 1, got 0 (see coarea ct demo --help)",
}
# What depends on the image is refused when it is read; what is wrong with a file has another code.
REFUSALS |= {
    "filter photo.png --neighbors 26": "neighbors must be one of 4, 8, 16, got 26 (see coarea filter --help)",
    "filter photo.png --domain shapes --border 900,900": "border must",
    "grain photo.png --connectivity 6-26": "connectivity must",
    "tree photo.png --domain max_tree --connectivity 3": "connectivity must",
}
REFUSALS_OF_FILES = {
    "filter photo.png --axes YXC": "photo.png: ",
    "filter photo.png -o out.jpg": "lossless",
    "filter photo.png -o out": "lossless; of a folder, out/",
    "filter photo.png -o nowhere/out.png": "no such folder",
    "filter photo.png -o /dev/full": "which are lossless",
    "filter nothing.png": "no such file: nothing.png",
}


@pytest.mark.parametrize(
    ("line", "code"), [*((line, 2) for line in REFUSALS), *((line, 1) for line in REFUSALS_OF_FILES)]
)
def test_refusals_are_one_line_and_leave_all_files_alone(line, code, capsys):
    before = contents()
    assert main(shlex.split(line)) == code
    assert_refusal(*capsys.readouterr(), (REFUSALS | REFUSALS_OF_FILES)[line])
    assert contents() == before


def test_every_option_that_takes_a_value_names_the_help_of_its_command(capsys):
    parser = build_parser(["ct"])
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    tried = 0
    for name in COMMANDS:
        for action in commands.choices[name]._actions:
            if action.option_strings and action.nargs is None:
                assert main([name, "photo.png", action.option_strings[-1]]) == 2
                printed = capsys.readouterr()
                assert_refusal(*printed, f"{action.option_strings[-1]}: expected one argument")
                assert f"(see coarea {name} --help)" in printed.err
                tried += 1
    assert tried > 60


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_short_lines_and_its_examples_work(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*command.split(), "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 100
    examples = re.findall(r"^  coarea (.+)$", text, flags=re.MULTILINE)
    assert len(examples) >= 2
    for example in examples:
        if ".zarr" in example:  # such as the page on large images has, which is run
            continue
        before = set(contents())
        assert main([*shlex.split(example), "--overwrite"] if "-o" in example else shlex.split(example)) == 0, example
        printed = capsys.readouterr()
        made = set(contents()) - before
        told = set(re.findall(r"-> ([^:\n]+):|^  (?:table|overlay) +(.+)$", printed.out, flags=re.MULTILINE))
        names = {first or second for first, second in told}
        assert {name for name in made if Path(name).is_file()} <= names, example
        assert all(Path(name).exists() for name in names)
        assert bool(names) == (command not in ("tree", "info") or "--csv" in example)
        for name in made:
            Path(name).unlink() if Path(name).is_file() else None


def test_help_of_commands_lists_their_first_sentences(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert all(re.search(rf"^    {name} +[A-Z]", text, flags=re.MULTILINE) for name in (*COMMANDS, "ct"))


def test_the_default_domain_is_said_in_the_help(capsys):
    with pytest.raises(SystemExit):
        main(["filter", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "(default: shapes; pixels with --neighbors)" in text
    assert "(default: 4; on pixels 2)" in text


def test_version(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"coarea {coarea.__version__}\n"


@pytest.mark.parametrize("line", ["--version", "--help", "filter --help", "filter --bet"])
def test_starting_loads_no_heavy_package(line):
    code = (
        "import sys\nfrom coarea.cli.main import main\n"
        f"try: main({line.split()})\nexcept SystemExit: pass\n"
        "heavy = {'skimage', 'scipy.ndimage', 'scipy.sparse', 'imageio', 'tifffile', 'PIL', 'coarea.ct'}\n"
        "sys.exit(repr(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    code, told = run("-c", code, stdout=subprocess.DEVNULL)
    assert code == 0, told


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion(shell, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--print-completion", shell])
    assert not stop.value.code
    text = capsys.readouterr().out
    assert all(word in text for word in ("filter", "huber-delta", "max_tree", "tv-pocs"))


@pytest.mark.skipif(sys.platform == "win32", reason="no bash there")
def test_completion_in_bash():
    command = [sys.executable, "-m", "coarea", "--print-completion", "bash"]
    script = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    ask = 'COMP_WORDS=(coarea filter --hub); COMP_CWORD=2; _shtab_coarea; echo "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "-c", f"{script}\n{ask}"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "--huber-delta"
