"""``linli knowledge adapt``: an encoder that knows how people ask here."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.knowledge.faults import faults
from nlu.clock import system_clock

if TYPE_CHECKING:
    from knowledge.adapting import Adaptation, Comparison


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--override", default="", metavar="REASON", help="Publish even if the gate refuses.")
def adapt(file: Path, override: str) -> None:
    """Train the encoder on FILE: JSON lines {query, question}; published only if it is better
    and the gate lets it through.

    A tenth of the questions is kept aside to measure on. Status 1 when the old encoder stays.
    """
    from bot.cli import read_settings
    from bot.commands.transaction import transaction
    from bot.publishing import refusal, terms_of
    from knowledge.adapting import adapt as train
    from knowledge.audit import Event, record
    from knowledge.publishing import Refused
    from knowledge.questions import read_pairs

    settings, now = read_settings(), system_clock()
    with faults():
        try:
            adaptation = train(
                read_pairs(file), settings.home, now, terms_of(settings), override=override,
                progress=_tell,
            )  # fmt: skip
        except Refused as refused:
            _tell(refusal(refused))
            raise SystemExit(1) from None
    click.echo(shown(adaptation))
    if adaptation.snapshot is None:
        _tell("the new encoder is not better; the old one stays")
        raise SystemExit(1)
    with transaction(settings) as session:
        pairs = f"{adaptation.learnt} pairs"
        if adaptation.overridden:
            pairs += f"; gate overridden ({len(adaptation.overridden)} faults): {override}"
        done = Event(now, settings.editor, "adapted", "snapshot", adaptation.snapshot, reason=pairs)
        record(session, done)
    click.echo(f"{adaptation.snapshot}: the same entries with the new encoder")


def shown(adaptation: "Adaptation") -> str:
    """Before and after, as a table for people."""
    from bot.commands.table import table

    rows = _rows("pairs kept aside", adaptation.aside)
    if adaptation.tests is not None:
        rows += _rows("tests of the entries", adaptation.tests)
    return table(("", "", "recall@1", "recall@3", "recall@10"), rows)


def _rows(name: str, comparison: "Comparison") -> list[tuple[str, ...]]:
    return [
        (name, when, *(f"{measured.recall_at[k]:.3f}" for k in (1, 3, 10)))
        for when, measured in (("before", comparison.before), ("after", comparison.after))
    ]


def _tell(line: str) -> None:
    click.echo(line, err=True)
