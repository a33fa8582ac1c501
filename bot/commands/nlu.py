"""``linli nlu``: training, trying and measuring how messages are understood."""

import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.commands.roughen import roughen
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.commands.labelled import LabelledRow
    from bot.commands.understanding import Measured, Progress

LABELS = ("category", "kind", "intent", "emergency", "address")
FILE = click.Path(path_type=Path)


@click.group()
def nlu() -> None:
    """How messages are understood: train, try, measure."""


nlu.add_command(roughen)


@nlu.command()
@click.option("--extra", type=FILE, help="JSON lines {text, title?, intent?, category?} to learn.")
@click.option("--force", is_flag=True, help="Take the new model even if it is worse.")
def train(extra: Path | None, force: bool) -> None:
    """Train Rasa's model, compare it with the one in use, and keep the better; prints where."""
    from bot.cli import BadInput, read_settings
    from bot.setup import SetupFault, WorseModel, train_rasa

    try:
        model = train_rasa(read_settings(), _tell, extra=extra, force=force)
    except SetupFault as error:
        raise BadInput(str(error)) from error
    except WorseModel as error:
        _tell(f"linli: {error}\n--force takes it all the same")
        sys.exit(1)
    click.echo(model)


@nlu.command()
@click.argument("text")
def parse(text: str) -> None:
    """What Linli makes of TEXT, as JSON."""
    from bot.cli import BadInput, read_settings
    from bot.commands.rasa_process import RasaFault
    from bot.engine import EngineUnavailable
    from nlu.text import normalise

    if not normalise(text):
        raise BadInput("nlu parse: the text is empty")
    _hush()
    try:
        result = asyncio.run(_parse(read_settings(), text))
    except RasaFault as error:
        raise BadInput(str(error)) from error
    except EngineUnavailable as error:
        raise BadInput(f"no answer from Rasa ({error})") from error
    click.echo(json.dumps(result, ensure_ascii=False, indent=2))


@nlu.command()
@click.argument("file", type=FILE)
@click.option("--label", required=True, type=click.Choice(LABELS), help="What is measured.")
@click.option("--json", "as_json", is_flag=True, help="One object instead of tables.")
@click.option("--report", type=FILE, help="A page (.html) with pictures and the worst errors.")
@click.option(
    "--folds",
    type=click.IntRange(2),
    help="Categories as they would be with FILE learnt, too: cross-validation in so many folds.",
)
def evaluate(file: Path, label: str, as_json: bool, report: Path | None, folds: int | None) -> None:
    """Measure on FILE: JSON lines {text, title?, LABEL}, null where there is none."""
    from bot.cli import BadInput
    from bot.commands.labelled import RowFault, read_labelled
    from bot.commands.nlu_report import write_report
    from bot.commands.nlu_scores import shown
    from nlu.clock import system_clock
    from nlu.evaluation import to_json

    if report is not None:
        _check_place(report)
    if folds is not None and label != "category":
        raise BadInput("--folds is for --label category alone")
    try:
        rows = read_labelled(file, label)
    except RowFault as error:
        raise BadInput(str(error)) from error
    _hush()
    measured = _folded(file, rows, folds) if folds else _measured(file, rows, label)
    if report is not None:
        write_report(report, measured, label=label, source=file.name, at=system_clock())
        _tell(f"report: {report}")
    scores = measured.scores
    click.echo(json.dumps(to_json(scores), ensure_ascii=False) if as_json else shown(scores))


@nlu.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="One object instead of tables.")
@click.option("--rows", type=FILE, help="JSON lines with what became of each row.")
def outcomes(file: Path, as_json: bool, rows: Path | None) -> None:
    """What becomes of FILE's messages: JSON lines {text, title?, intent?}, each on its own."""
    from bot.cli import BadInput, beginning, read_settings
    from bot.commands.labelled import RowFault, read_texts
    from bot.commands.outcomes import follow, row_of, shown, to_json

    if rows is not None:
        _check_place(rows)
    try:
        given = read_texts(file)
    except RowFault as error:
        raise BadInput(str(error)) from error
    _hush()
    logging.basicConfig(level=logging.ERROR)
    _tell("starting the service …")
    with beginning():
        became = asyncio.run(follow(read_settings(), given, _counting(len(given))))
    if rows is not None:
        rows.write_text("".join(f"{json.dumps(row_of(one))}\n" for one in became), "utf-8")
    click.echo(json.dumps(to_json(became), ensure_ascii=False) if as_json else shown(became))


def _check_place(path: Path) -> None:
    """Before anything is measured in vain.

    Raises:
        BadInput: a file cannot be put there.
    """
    from bot.cli import BadInput

    if path.is_dir() or not path.parent.is_dir():
        raise BadInput(f"{path}: cannot be written there")


def _measured(file: Path, rows: Sequence["LabelledRow"], label: str) -> "Measured":
    from bot.cli import BadInput, read_settings
    from bot.commands.rasa_process import RasaFault
    from bot.commands.understanding import PARSED, READ
    from bot.engine import EngineUnavailable

    if label in READ:
        return READ[label](rows)
    try:
        return PARSED[label](rows, asyncio.run(_parse_all(read_settings(), rows)))
    except RasaFault as error:
        raise BadInput(str(error)) from error
    except EngineUnavailable as error:
        raise BadInput(f"{file}, {error}") from error


def _folded(file: Path, rows: Sequence["LabelledRow"], folds: int) -> "Measured":
    from bot.cli import BadInput, read_settings
    from bot.commands.folds import measure_folds
    from bot.commands.labelled import RowFault
    from bot.training import TrainingFault

    try:
        return measure_folds(read_settings(), rows, folds, _tell)
    except (RowFault, TrainingFault) as error:
        raise BadInput(f"{file}, {error}") from error


async def _parse(settings: Settings, text: str) -> dict[str, Any]:
    from bot.commands.rasa_process import running_rasa
    from bot.commands.understanding import understood

    async with running_rasa(settings) as engine:
        return await understood(engine, text)


async def _parse_all(settings: Settings, rows: Sequence["LabelledRow"]) -> list[dict[str, Any]]:
    from bot.commands.rasa_process import running_rasa
    from bot.commands.understanding import parse_all

    _tell("starting Rasa …")
    async with running_rasa(settings) as engine:
        return await parse_all(engine, rows, _counting(len(rows)))


def _counting(of: int) -> "Progress":
    """Tells how far it is, ten times."""
    step = max(1, of // 10)

    def progress(done: int) -> None:
        if done % step == 0 or done == of:
            _tell(f"{done} of {of} rows")

    return progress


def _tell(line: str) -> None:
    click.echo(line, err=True)


def _hush() -> None:
    """jieba tells of its dictionary on standard error, and sets its own level when imported."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
