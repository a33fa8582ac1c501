"""``linli knowledge list`` and ``expiring``: what there is, and what comes to an end."""

from datetime import timedelta

import click

from nlu.clock import SHANGHAI, system_clock

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


@click.command()
@click.option("--within", type=click.IntRange(0), default=30, help="Days; 30 by default.")
def expiring(within: int) -> None:
    """Answers that end within some days, or ended as many days ago, the first to end first."""
    from bot.cli import read_settings
    from bot.commands.table import table
    from bot.commands.transaction import transaction
    from knowledge.expiry import endings
    from knowledge.release import publishable

    today = system_clock().astimezone(SHANGHAI).date()
    with transaction(read_settings(), reads_only=True) as session:
        found = endings(publishable(session), today, timedelta(days=within))
    rows = [
        (
            str(ending.last),
            "已过期" if ending.last < today else f"还有{(ending.last - today).days}天",
            ending.id,
            ending.title + (f"（{ending.passages} 段）" if ending.passages else ""),
        )
        for ending in found
    ]
    click.echo(table(("last day", "", "id", "question or title"), rows))
    _tell(f"{len(found)} within {within} days")


def _tell(line: str) -> None:
    click.echo(line, err=True)
