"""Parsing of the command line: errors of one line that name the help and what may have been meant."""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, get_args

from coarea.base.keywords import suggestion
from coarea.base.threads import number_of_workers
from coarea.base.types import BorderName, PlaneConnectivity, VolumeConnectivity

NEGATIVE = re.compile(r"-(\.?\d|inf|nan)", re.IGNORECASE)  # argparse's takes -1e9 and -inf for options


class UsageError(Exception):
    """What the user is told in one line before the command ends with exit code 2."""


def say(kind: str, message: str) -> None:
    """An error or a note in one line, whatever it holds; nothing if nobody can be told."""
    if sys.stderr is not None:
        with suppress(OSError):
            print(f"coarea: {kind}:", " ".join(message.split()), file=sys.stderr)


class Parser(argparse.ArgumentParser):
    """A parser that takes inputs and options in any order and answers errors in one line."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*arguments, **{**options, "allow_abbrev": False})
        self._negative_number_matcher = NEGATIVE

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is not None:
            file.write(message)  # argparse itself says nothing of a full disk or a closed pipe

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        if sys.stdout is not None:
            sys.stdout.flush()
        super().exit(status, message)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Refuse unknown words here, where the sub-command is known; inputs may also follow options."""
        if args:
            self._refuse_unknown_options(args[:1])  # before argparse asks for what else is missing
        found, rest = super().parse_known_args(args, namespace)
        self._refuse_unknown_options(rest)
        if rest and isinstance(inputs := getattr(found, "inputs", None), list):
            inputs.extend(rest)
            rest = []
        if rest:
            self.error(f"unrecognized argument {rest[0]}")
        return found, rest

    def _refuse_unknown_options(self, words: Iterable[str]) -> None:
        for word in words:
            name = word.partition("=")[0]
            known = name in self._option_string_actions or self._option_string_actions.get(name[:2])
            if word.startswith("-") and word not in ("-", "--") and not known:
                self.error(f"unrecognized option {name}{suggestion(name, self._option_string_actions)}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            choices = list(map(str, action.choices))
            near = suggestion(str(value), choices)
            raise argparse.ArgumentError(action, f"invalid choice {value}{near}; choose from {', '.join(choices)}")


class PrintCompletion(argparse.Action):
    """Print the shell's completion of all commands and options, and stop."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: Any, values: Any, option: str | None = None) -> None:
        import shtab

        del namespace, option
        print(shtab.complete(parser, values))
        parser.exit()


def positive(text: str) -> float:
    return _number(text, "a positive number", lambda number: number > 0)


def nonnegative(text: str) -> float:
    return _number(text, "a number >= 0", lambda number: number >= 0)


def share(text: str) -> float:
    return _number(text, "a number from 0 to 1", lambda number: 0 <= number <= 1)


def _number(text: str, rule: str, holds: Callable[[float], bool]) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not (abs(number) < float("inf") and holds(number)):
        raise argparse.ArgumentTypeError(f"must be {rule}, got {text or 'nothing'}")
    return number


def count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) < 2**31):
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {text}")
    return int(text)


def whole(text: str) -> int:
    return 0 if text == "0" else count(text)


def sides(text: str) -> tuple[int, ...]:
    return tuple(map(count, text.split(",")))


def workers(text: str) -> int:
    if not (text.removeprefix("-").isdecimal() and text.isascii() and int(text)):
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, or -1 for all processors, got {text}")
    return number_of_workers(int(text))


def file_name(text: str) -> Path:
    if text in ("", "-"):
        raise argparse.ArgumentTypeError(f"must be the name of a file, got {text or 'nothing'}")
    return Path(text)


def axis(text: str) -> int:
    if not (text.removeprefix("-").isdecimal() and text.isascii()):
        raise argparse.ArgumentTypeError(f"must be an axis, 0 for the first and -1 for the last, got {text}")
    return int(text)


def index(text: str) -> int:
    if not (text.removeprefix("-").isdecimal() and text.isascii()):
        raise argparse.ArgumentTypeError(f"must be a whole number, 0 for the first and -1 for the last, got {text}")
    return int(text)


def any_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be nan or a number, got {text}") from None


def connectivity(text: str) -> str | int:
    """That of shapes, which is a name, or that of a max-tree or a min-tree, a number."""
    if text.isascii() and text.isdecimal():
        return int(text)
    return _name(text, get_args(PlaneConnectivity) + get_args(VolumeConnectivity), "or 1, 2, ...")


def border(text: str) -> str | float | tuple[int, ...]:
    """A number, ROW,COLUMN or a name."""
    if any(letter.isdecimal() for letter in text) and not text.lower().endswith("inf"):
        with suppress(ValueError):
            if "," in text:
                return tuple(map(int, text.split(",")))
            return int(text) if text.removeprefix("-").isdecimal() else float(text)
    return _name(text, get_args(BorderName), "a number or ROW,COLUMN")


def _name(text: str, names: Sequence[str], others: str) -> str:
    if text not in names:
        rule = f"{', '.join(names)}, {others}{suggestion(text, names)}"
        raise argparse.ArgumentTypeError(f"must be {rule}, got {text}")
    return text
