"""``linli knowledge submit``, ``approve``, ``reject``, ``archive`` and ``restore``."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.commands.knowledge.faults import faults
from nlu.clock import system_clock

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from knowledge.version import Kind, Status

C = TypeVar("C", bound=Callable[..., Any])


def chosen(status: str) -> Callable[[C], C]:
    """The options by which items are chosen, and who does it."""

    def wrap(command: C) -> C:
        for option in (
            click.argument("ids", metavar="ID …", nargs=-1),
            click.option("--all", "every", is_flag=True, help=f"All that are {status}."),
            click.option("--topic", help="With --all: only of this topic."),
            click.option("--by", metavar="NAME", help="Who does it; LINLI_EDITOR by default."),
        )[::-1]:
            command = option(command)
        return command

    return wrap


@click.command()
@chosen("drafts")
def submit(ids: tuple[str, ...], every: bool, topic: str | None, by: str | None) -> None:
    """Hand drafts to review."""
    from knowledge import review
    from knowledge.version import Status

    def step(session: "Session", kind: "Kind", part: list[str], who: str) -> None:
        review.submit(session, kind, part, who, system_clock())

    done = _take(ids, every, topic, by, Status.DRAFT, step)
    click.echo(f"{done} submitted")
    _tell("somebody else approves them: `linli knowledge approve --all --by NAME`")


@click.command()
@chosen("in review")
def approve(ids: tuple[str, ...], every: bool, topic: str | None, by: str | None) -> None:
    """Let versions in review go out with the next publish; not those you wrote yourself."""
    from bot.cli import read_settings
    from knowledge import review
    from knowledge.version import Status

    alone = read_settings().one_person_office

    def step(session: "Session", kind: "Kind", part: list[str], who: str) -> None:
        review.approve(session, kind, part, who, system_clock(), alone=alone)

    done = _take(ids, every, topic, by, Status.IN_REVIEW, step)
    click.echo(f"{done} approved")
    _tell("residents get them after `linli knowledge publish`")


@click.command()
@chosen("in review")
@click.option("--reason", required=True, help="What is wrong; the author reads it.")
def reject(
    ids: tuple[str, ...], every: bool, topic: str | None, by: str | None, reason: str
) -> None:
    """Send versions in review, or approved and not yet published, back as drafts."""
    from knowledge import review
    from knowledge.version import Status

    def step(session: "Session", kind: "Kind", part: list[str], who: str) -> None:
        review.reject(session, kind, part, who, system_clock(), reason)

    click.echo(f"{_take(ids, every, topic, by, Status.IN_REVIEW, step)} sent back")


@click.command()
@click.argument("ids", metavar="ID …", nargs=-1, required=True)
@click.option("--by", metavar="NAME", help="Who does it; LINLI_EDITOR by default.")
@click.option("--reason", default="", help="Why; stands in the history.")
def archive(ids: tuple[str, ...], by: str | None, reason: str) -> None:
    """Take entries or documents out; residents get them until the next publish."""
    from knowledge import review

    def step(session: "Session", kind: "Kind", part: list[str], who: str) -> None:
        review.archive(session, kind, part, who, system_clock(), reason)

    click.echo(f"{_take(ids, False, None, by, None, step)} archived")
    _tell("they leave with the next `linli knowledge publish`")


@click.command()
@click.argument("ids", metavar="ID …", nargs=-1, required=True)
@click.option("--by", metavar="NAME", help="Who does it; LINLI_EDITOR by default.")
def restore(ids: tuple[str, ...], by: str | None) -> None:
    """Take archived entries or documents in again, as drafts where they have left."""
    from knowledge import review

    def step(session: "Session", kind: "Kind", part: list[str], who: str) -> None:
        review.restore(session, kind, part, who, system_clock())

    click.echo(f"{_take(ids, False, None, by, None, step)} restored")


Step = Callable[["Session", "Kind", list[str], str], None]


def _take(
    ids: tuple[str, ...],
    every: bool,
    topic: str | None,
    by: str | None,
    status: "Status | None",
    step: Step,
) -> int:
    """Takes a step with those named, or with all that stand at ``status``; how many there were."""
    from bot.cli import BadInput, read_settings
    from bot.commands.transaction import transaction
    from knowledge.items import kind_of, list_items

    if every == bool(ids):
        raise BadInput("knowledge: either name ids, or say --all")
    if topic is not None and not every:
        raise BadInput("knowledge: --topic goes with --all")
    settings = read_settings()
    parts: dict[Kind, list[str]] = {}
    with faults(), transaction(settings) as session:
        if every:
            items = list_items(session, topic=topic, status=status)
            pairs = [(item.kind, item.id) for item in items]
        else:
            pairs = [(kind_of(session, id), id) for id in dict.fromkeys(ids)]
        for kind, id in pairs:
            parts.setdefault(kind, []).append(id)
        for kind, part in parts.items():
            step(session, kind, part, by or settings.editor)
    return len(pairs)


def _tell(line: str) -> None:
    click.echo(line, err=True)
