"""``linli nlu roughen``: rows made rough, to be measured like the clean ones."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@click.option("--seed", type=int, default=1, show_default=True, help="Which noise.")
def roughen(file: Path, seed: int) -> None:
    """Print the rows of FILE as they are typed in haste or dictated, their labels with them."""
    import jieba

    from bot.cli import BadInput
    from bot.commands.labelled import RowFault

    jieba.setLogLevel("WARNING")
    try:
        rows = [*roughened_rows(file, seed)]
    except RowFault as error:
        raise BadInput(f"nlu roughen: {error}") from error
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False))


def roughened_rows(path: Path, seed: int) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines, made rough; the same seed makes the same rows.

    Raises:
        RowFault: the file cannot be read, has no rows, or a row is no object with a text.
    """
    from bot.commands.labelled import RowFault
    from nlu.roughening import roughened

    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise RowFault(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RowFault(f"{path}: is not UTF-8 text") from error
    rows = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise RowFault(f"{path}: has no rows")
    for number, line in rows:
        try:
            yield roughened(_fields(line), seed, number)
        except ValueError as error:
            raise RowFault(f"{path}, row {number}: {error}") from error


def _fields(line: str) -> dict[str, Any]:
    from nlu.roughening import TEXTS, said_in

    try:
        fields = json.loads(line)
    except ValueError as error:
        raise ValueError(f"is not JSON: {error}") from error
    if not isinstance(fields, dict) or not said_in(fields):
        raise ValueError(f"must be an object with one of {', '.join(TEXTS)}")
    return fields
