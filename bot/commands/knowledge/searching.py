"""``linli knowledge search``: what a question finds."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.commands.knowledge.faults import faults
from nlu.clock import SHANGHAI, system_clock

if TYPE_CHECKING:
    from knowledge.entry import Entry, Source


DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("text")
@click.option("--as-of", metavar="DATE", type=DAY, help="On this day; today by default.")
@click.option(
    "--region",
    "regions",
    metavar="REGION",
    multiple=True,
    help="In this region, may be given several times; LINLI_REGIONS by default.",
)
def search(text: str, as_of: datetime | None, regions: tuple[str, ...]) -> None:
    """What TEXT finds in the published knowledge in force on a day and in a place."""
    from bot.cli import BadInput, read_settings
    from knowledge.snapshot import open_current
    from nlu.text import normalise

    settings, query = read_settings(), normalise(text)
    if not query:
        raise BadInput("knowledge search: the text is empty")
    with faults():
        searcher = open_current(settings.home)
    day = (as_of or system_clock().astimezone(SHANGHAI)).date()
    finding = searcher.find(query, as_of=day, regions=regions or settings.regions)
    click.echo(finding.decision.value)
    for hit in finding.hits:
        click.echo(f"{hit.confidence:.3f}  {hit.entry.id}  {hit.entry.question}")
        click.echo(f"       {cited(hit.entry.source)}")
        click.echo(f"       {in_force_from(hit.entry)}, {hit.entry.region}")


def in_force_from(entry: "Entry") -> str:
    return f"{entry.effective} – {entry.expires or ''}".rstrip()


def cited(source: "Source") -> str:
    """The source on one line."""
    return " ".join(filter(None, (source.title, source.article, source.number, source.link)))
