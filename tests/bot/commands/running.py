"""Running a command as a person would, and what it left behind."""

from collections.abc import Sequence

import click
from click.testing import CliRunner, Result


def run(group: click.Group, *arguments: object) -> str:
    """What a command that ends well prints on standard output."""
    result = invoke(group, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def fault(group: click.Group, *arguments: object) -> str:
    """The one line of a command that refuses what it was given."""
    result = invoke(group, arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    line = result.stderr.strip().splitlines()[-1]
    assert line.startswith("linli: ")
    return line.removeprefix("linli: ")


def invoke(group: click.Group, arguments: Sequence[object]) -> Result:
    result = CliRunner().invoke(group, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result
