"""``linli knowledge list``: the entries in the database."""

import click

STATUSES = ("draft", "in_review", "approved", "published", "archived")


@click.command("list")
@click.option("--topic", help="Only of this topic.")
@click.option("--status", type=click.Choice(STATUSES), help="Only where the newest version is so.")
def list_all(topic: str | None, status: str | None) -> None:
    """The entries and documents in the database, published yet or not."""
    from bot.cli import read_settings
    from bot.commands.table import table
    from bot.commands.transaction import transaction
    from knowledge.items import list_items
    from knowledge.version import STATUS_NAMES, Status

    with transaction(read_settings(), reads_only=True) as session:
        items = list_items(session, topic=topic, status=Status(status) if status else None)
    rows = [(i.id, i.topic, str(i.current), STATUS_NAMES[i.status], i.title) for i in items]
    click.echo(table(("id", "topic", "version", "status", "question or title"), rows))
    _tell(f"{len(items)} items")


def _tell(line: str) -> None:
    click.echo(line, err=True)
