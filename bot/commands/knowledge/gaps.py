"""``linli knowledge gaps``: what was asked in vain, and what is made of it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.knowledge.faults import faults
from nlu.clock import SHANGHAI, system_clock

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.settings import Settings
    from knowledge.encoder import Encoder

WEEK = timedelta(days=7)
DAY = click.DateTime(["%Y-%m-%d"])
BY = click.option("--by", metavar="NAME", help="Who does it; LINLI_EDITOR by default.")
SINCE = click.option("--since", type=DAY, metavar="DATE", help="From this day on (YYYY-MM-DD).")


@click.group()
def gaps() -> None:
    """Questions asked in vain: groups of them, drafts, variants, the weekly report."""


@gaps.command("list")
@SINCE
def list_gaps(since: datetime | None) -> None:
    """Groups that nothing was done about, what was asked most first."""
    from bot.commands.table import table
    from knowledge.gaps import GapKind
    from knowledge.settling import groups_of

    start = begin(since)
    with opened(reads_only=True) as (session, encoder, _):
        found = [g for g in groups_of(session, encoder) if start is None or g.last >= start]
    rows = [
        (
            str(g.number),
            str(g.count()),
            *(str(g.count(kind)) for kind in GapKind),
            g.last.astimezone(SHANGHAI).date().isoformat(),
            g.question,
            g.right or " ".join(f"{id} {confidence:.2f}" for id, confidence in g.nearest[:1]),
        )
        for g in found
    ]
    heading = ("组", "次数", "不知道", "没解决", "坐席改正", "最近", "问法", "最近的条目")
    click.echo(table(heading, rows) if rows else "nothing was asked in vain")


@gaps.command()
@click.argument("group", type=int)
@click.option("--id", metavar="ID", help="Id of the draft; asked-GROUP by default.")
@click.option("--question", metavar="TEXT", help="Standard question; the group's own by default.")
@click.option("--topic", metavar="TOPIC", help="That of the nearest entry by default.")
@BY
def draft(
    group: int, id: str | None, question: str | None, topic: str | None, by: str | None
) -> None:
    """Make a draft entry of GROUP, whose answer is still to be written."""
    from knowledge.settling import draft_of, group_named

    with opened() as (session, encoder, settings):
        found = group_named(session, encoder, group)
        id = draft_of(
            session,
            found,
            by or settings.editor,
            system_clock(),
            id=id,
            question=question,
            topic=topic,
            region=settings.regions[-1],
        )
    click.echo(f"{id}: a draft of {found.count()} questions")
    click.echo("write its answer and source: `linli knowledge import FILE` with this id", err=True)


@gaps.command("join")
@click.argument("group", type=int)
@click.argument("entry", required=False)
@BY
def join_entry(group: int, entry: str | None, by: str | None) -> None:
    """Add the wordings of GROUP to ENTRY, as a new draft; by default to the one operators named."""
    from knowledge.settling import group_named, join
    from knowledge.version import ReviewFault

    with opened() as (session, encoder, settings):
        found = group_named(session, encoder, group)
        entry = entry or found.right
        if entry is None:
            raise ReviewFault(f"{group}: no operator named an entry; give one")
        new = join(session, found, entry, by or settings.editor, system_clock())
    click.echo(f"{entry}: {new} new wordings, of {found.count()} questions")


@gaps.command("correct")
@click.argument("text")
@click.argument("entry")
@BY
def say_right(text: str, entry: str, by: str | None) -> None:
    """Say that ENTRY is the right one for the question TEXT."""
    from bot.cli import read_settings
    from bot.commands.transaction import transaction
    from knowledge.gaps import correct

    settings = read_settings()
    with faults(), transaction(settings) as session:
        correct(session, text, entry, by or settings.editor, uuid.uuid4().hex, system_clock())
    click.echo(f"{entry}: noted as the right answer")


@gaps.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--since", type=DAY, metavar="DATE", help="From this day on; the last 7 by default.")
def report(file: Path, since: datetime | None) -> None:
    """Write what was asked in vain to FILE, a page for the editor (HTML)."""
    from bot.commands.knowledge.gaps_report import page
    from knowledge.gaps import settled_gaps
    from knowledge.items import list_items
    from knowledge.settling import groups_of
    from knowledge.version import Kind

    now = system_clock()
    start = begin(since) or now - WEEK
    with opened(reads_only=True) as (session, encoder, _):
        found = [g for g in groups_of(session, encoder) if g.last >= start]
        settled = settled_gaps(session, start)
        titles = {item.id: item.title for item in list_items(session, kind=Kind.ENTRY)}
    with faults():
        file.write_text(page(found, settled, titles, start, now), encoding="utf-8")
    click.echo(f"{file}: {len(found)} groups")


@gaps.command("forget")
@click.option("--before", type=DAY, metavar="DATE", required=True, help="Up to the day before.")
def forget_before(before: datetime) -> None:
    """Strike out what was asked before a day, settled or not."""
    from bot.cli import read_settings
    from bot.commands.transaction import transaction
    from knowledge.gaps import forget

    with transaction(read_settings()) as session:
        struck = forget(session, datetime.combine(before, time(), SHANGHAI))
    click.echo(f"{struck} forgotten")


def begin(day: datetime | None) -> datetime | None:
    """The first moment of a day in Shanghai."""
    return None if day is None else datetime.combine(day, time(), SHANGHAI)


@contextmanager
def opened(*, reads_only: bool = False) -> Iterator[tuple["Session", "Encoder", "Settings"]]:
    """A transaction, and the encoder of what is published."""
    from bot.cli import read_settings
    from bot.commands.transaction import transaction
    from knowledge.snapshot import open_current

    settings = read_settings()
    with faults():
        encoder = open_current(settings.home).encoder
        with transaction(settings, reads_only=reads_only) as session:
            yield session, encoder, settings
