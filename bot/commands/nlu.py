"""``linli nlu``: training, trying and measuring how messages are understood."""

import asyncio
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.settings import Settings

if TYPE_CHECKING:
    from bot.commands.labelled import LabelledRow
    from nlu.evaluation import Scores

LABELS = ("category", "kind", "intent", "emergency", "address")
FILE = click.Path(path_type=Path)


@click.group()
def nlu() -> None:
    """How messages are understood: train, try, measure."""


@nlu.command()
@click.option("--extra", type=FILE, help="JSON lines {text, intent?, category?} learnt as well.")
def train(extra: Path | None) -> None:
    """Train Rasa's model; prints where it lies."""
    from bot.cli import BadInput, read_settings
    from bot.setup import SetupFault, train_rasa

    try:
        model = train_rasa(read_settings(), _tell, extra=extra)
    except SetupFault as error:
        raise BadInput(str(error)) from error
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
def evaluate(file: Path, label: str, as_json: bool) -> None:
    """Measure on FILE: JSON lines {text, title?, LABEL}, null where there is none."""
    from bot.cli import BadInput
    from bot.commands.labelled import RowFault, read_labelled
    from nlu.evaluation import to_json

    try:
        rows = read_labelled(file, label)
    except RowFault as error:
        raise BadInput(str(error)) from error
    _hush()
    scores = _scores(file, rows, label)
    click.echo(json.dumps(to_json(scores), ensure_ascii=False) if as_json else shown(scores))


def _scores(file: Path, rows: Sequence["LabelledRow"], label: str) -> "Scores":
    from bot.cli import BadInput, read_settings
    from bot.commands.rasa_process import RasaFault
    from bot.commands.understanding import READ, score_parsed
    from bot.engine import EngineUnavailable

    if label in READ:
        return READ[label](rows)
    try:
        return score_parsed(rows, label, asyncio.run(_parse_all(read_settings(), rows)))
    except RasaFault as error:
        raise BadInput(str(error)) from error
    except EngineUnavailable as error:
        raise BadInput(f"{file}, {error}") from error


async def _parse(settings: Settings, text: str) -> dict[str, Any]:
    from bot.commands.rasa_process import running_rasa
    from bot.commands.understanding import understood

    async with running_rasa(settings) as engine:
        return await understood(engine, text)


async def _parse_all(settings: Settings, rows: Sequence["LabelledRow"]) -> list[dict[str, Any]]:
    from bot.commands.rasa_process import running_rasa
    from bot.commands.understanding import parse_all

    step = max(1, len(rows) // 10)

    def progress(done: int) -> None:
        if done % step == 0 or done == len(rows):
            _tell(f"{done} of {len(rows)} rows")

    _tell("starting Rasa …")
    async with running_rasa(settings) as engine:
        return await parse_all(engine, rows, progress)


def shown(scores: "Scores") -> str:
    """Scores as tables for people."""
    from nlu.evaluation import AlarmScores, SpanScores

    lines = [f"n         {scores.n}", f"accuracy  {scores.accuracy:.3f}"]
    if isinstance(scores, SpanScores):
        return "\n".join([*lines, "", _fits(scores)])
    lines.append(f"macro-F1  {scores.macro_f1:.3f}")
    if isinstance(scores, AlarmScores):
        recall = "no emergencies" if scores.recall is None else f"{scores.recall:.3f}"
        lines += [f"recall    {recall}", f"false alarms  {scores.false_alarms}"]
    return "\n".join([*lines, "", _classes(scores)])


def _fits(scores: Any) -> str:
    from bot.commands.table import table

    rows = [("exact", scores.exact), ("overlap", scores.overlap)]
    return table(("", "precision", "recall", "F1"), [(n, *_three(fit)) for n, fit in rows])


def _classes(scores: Any) -> str:
    from bot.commands.table import table

    rows = [(name, str(c.n), str(c.found), *_three(c)) for name, c in scores.classes.items()]
    return table(("class", "n", "found", "precision", "recall", "F1"), rows)


def _three(fit: Any) -> tuple[str, str, str]:
    return (f"{fit.precision:.3f}", f"{fit.recall:.3f}", f"{fit.f1:.3f}")


def _tell(line: str) -> None:
    click.echo(line, err=True)


def _hush() -> None:
    """jieba tells of its dictionary on standard error, and sets its own level when imported."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
