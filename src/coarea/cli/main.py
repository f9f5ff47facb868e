"""The command line: the commands, and how they end."""

import io
import os
import sys
import threading
import warnings
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version

from coarea.cli.batch import AT_WORK
from coarea.cli.connected import add_connected
from coarea.cli.files import FileError
from coarea.cli.filter import add_filter
from coarea.cli.info import add_info
from coarea.cli.lines import add_lines
from coarea.cli.parser import Parser, PrintCompletion, UsageError, say
from coarea.cli.scales import add_scales
from coarea.cli.segment.command import add_segment
from coarea.cli.tree import add_tree

DONE, FAILED, REFUSED, INTERRUPTED, UNHEARD = 0, 1, 2, 130, 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0: done. 1: files failed, the others are done. 2: a wrong option, nothing was done. 130: Ctrl-C. 141: nobody reads
    the output, as after `head`.
    """
    code = outcome(list(sys.argv[1:] if arguments is None else arguments))
    if arguments is None and any(thread.name == AT_WORK for thread in threading.enumerate()):
        for stream in filter(None, (sys.stdout, sys.stderr)):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)  # the interpreter cannot be taken down safely while they compute
    return code


def outcome(words: list[str]) -> int:
    """The exit code, after what is wrong has been said."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names of files need not be text
    try:
        code = run(words)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (UsageError, FileError, MemoryError) as error:
        say("error", str(error) or "not enough memory")
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        forget_output()
        return UNHEARD
    except OSError as error:
        if error.filename is not None:
            raise  # not of the output: a defect
        forget_output()
        say("error", f"cannot write to the output: {error.strerror or error}")
        return FAILED
    return code


def run(words: list[str]) -> int:
    options = build_parser(words).parse_args(words)
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "image of shape .* is taken for a volume"
        )  # the axes of files are told already
        code: int | None = options.run(options)
    return code or DONE


def forget_output() -> None:
    """What is still buffered for a reader that is gone must not fail again at exit."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def build_parser(words: Sequence[str]) -> Parser:
    about = (
        "Exact total variation filters, trees and level lines of images;\nreconstruction of CT images from few views."
    )
    end = "examples:\n  coarea filter\n  coarea filter photo.png -o smooth.png --beta 3"
    parser = Parser(prog="coarea", description=about, epilog=end)
    parser.add_argument("--version", action="version", version=f"coarea {version('coarea')}")
    help_ = 'print the completion of a shell; for bash: eval "$(coarea --print-completion bash)"'
    parser.add_argument("--print-completion", action=PrintCompletion, choices=("bash", "zsh", "tcsh"), help=help_)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands", dest="command")
    for add in (add_filter, add_connected, add_lines, add_scales, add_segment, add_tree, add_info):
        add(commands)
    if "ct" in words or "--print-completion" in words:
        from coarea.cli.ct.commands import add_ct  # which takes longer to load than all others

        add_ct(commands)
    else:
        commands.add_parser("ct", help="Reconstruct images from few X-ray views")
    return parser
