"""``linli knowledge search``: what a question finds."""

from typing import TYPE_CHECKING

import click

from bot.commands.knowledge.faults import faults
from nlu.clock import SHANGHAI, system_clock

if TYPE_CHECKING:
    from knowledge.entry import Source


@click.command()
@click.argument("text")
def search(text: str) -> None:
    """What TEXT finds today in the published knowledge."""
    from bot.cli import BadInput, read_settings
    from knowledge.snapshot import open_current
    from nlu.text import normalise

    settings, query = read_settings(), normalise(text)
    if not query:
        raise BadInput("knowledge search: the text is empty")
    with faults():
        searcher = open_current(settings.home)
    today = system_clock().astimezone(SHANGHAI).date()
    finding = searcher.find(query, as_of=today, regions=settings.regions)
    click.echo(finding.decision.value)
    for hit in finding.hits:
        click.echo(f"{hit.confidence:.3f}  {hit.entry.id}  {hit.entry.question}")
        click.echo(f"       {cited(hit.entry.source)}")


def cited(source: "Source") -> str:
    """The source on one line."""
    return " ".join(filter(None, (source.title, source.article, source.number, source.link)))
