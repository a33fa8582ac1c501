"""``linli tickets``: the register in the terminal. Phone numbers show only where asked for."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from actions.tickets.ticket import KIND_NAMES, STATUS_NAMES, URGENCY_NAMES, Status
from bot.settings import Settings
from nlu.clock import SHANGHAI, system_clock
from nlu.identity import mask_identities
from nlu.interval import stored
from nlu.phone import mask_phones

if TYPE_CHECKING:
    from actions.tickets.ticket import Contact, Event, Ticket
    from actions.vault import Vault

FILE = click.Path(path_type=Path)
STATUSES = {name: s for s in Status for name in (s.value, STATUS_NAMES[s])}
CONTACT_HELP = "With names and phone numbers."


@click.group()
def tickets() -> None:
    """The register of tickets: look, export, move along."""


@tickets.command("list")
@click.option("--status", "names", multiple=True, help="Only in this status; may be repeated.")
@click.option("--incomplete", is_flag=True, help="Only those an operator has to complete.")
@click.option("--limit", default=100, type=click.IntRange(1), show_default=True)
def list_tickets(names: tuple[str, ...], incomplete: bool, limit: int) -> None:
    """Tickets, newest first."""
    from actions.tickets.register import listing
    from bot.cli import read_settings
    from bot.commands.table import table
    from bot.commands.transaction import transaction

    wanted = [status_named(name) for name in names]
    with transaction(read_settings(), reads_only=True) as session:
        found = listing(session, status=wanted, incomplete=incomplete or None, limit=limit)
    rows = [
        (
            t.number,
            STATUS_NAMES[t.status],
            KIND_NAMES[t.kind],
            moment(t.filed_at),
            moment(t.resolve_by),
            "待补充" if t.incomplete else "",
            masked(t.title),
        )
        for t in found
    ]
    click.echo(table(("单号", "状态", "类型", "提交", "办理时限", "", "标题"), rows))


@tickets.command()
@click.argument("number")
@click.option("--with-contact", is_flag=True, help=CONTACT_HELP)
def show(number: str, with_contact: bool) -> None:
    """Everything about a ticket, and its history."""
    from actions.tickets.history import history
    from actions.tickets.register import by_number, contact_of
    from bot.cli import BadInput, read_settings
    from bot.commands.transaction import transaction

    wanted, settings = number_in(number), read_settings()
    with faults(), transaction(settings, reads_only=not with_contact) as session:
        ticket = by_number(session, wanted)
        if ticket is None:
            raise BadInput(f"no ticket {wanted}")
        events = history(session, wanted)
        contact = contact_of(session, wanted, vault=vault_of(settings)) if with_contact else None
    in_words = masked if contact is None else str
    lines = [*facts(ticket, contact, in_words), "", *(told(e, in_words) for e in events)]
    click.echo("\n".join(lines))


@tickets.command()
@click.argument("file", type=FILE)
@click.option("--with-contact", is_flag=True, help=CONTACT_HELP)
def export(file: Path, with_contact: bool) -> None:
    """Write all tickets to FILE (.csv or .jsonl), oldest first."""
    from actions.tickets.export import export as write
    from bot.cli import read_settings
    from bot.commands.transaction import transaction

    settings = read_settings()
    with faults(), transaction(settings, reads_only=True) as session:
        count = write(session, file, vault=vault_of(settings) if with_contact else None)
    click.echo(f"{file}: {count} tickets")


@tickets.command()
@click.argument("number")
@click.argument("status")
@click.option("--reason", default="", help="Why; the resident is told.")
@click.option("--instead", default="", help="Where to go instead, where it is refused.")
@click.option("--handler", help="Who must settle it from now on.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the new deadline (延期)."
)
@click.option("--by", required=True, metavar="NAME", help="Who does this.")
def advance(
    number: str,
    status: str,
    reason: str,
    instead: str,
    handler: str | None,
    until: datetime | None,
    by: str,
) -> None:
    """Take a ticket to STATUS, in Chinese or English, and let its resident know."""
    from actions.tickets.calendar import WorkingCalendar
    from actions.tickets.deadlines import load_rules
    from actions.tickets.progress import change_status
    from bot.cli import BadInput, read_settings
    from bot.commands.transaction import transaction
    from bot.means import wording_of
    from channels.notices import notifier

    wanted, to, settings = number_in(number), status_named(status), read_settings()
    if not by.strip():
        raise BadInput("--by: a name is needed")
    with faults(), transaction(settings) as session:
        wording = wording_of(settings)
        ticket = change_status(
            session,
            wanted,
            to,
            now=system_clock(),
            actor=f"operator:{by.strip()}",
            rules=load_rules(),
            calendar=WorkingCalendar(),
            reason=reason,
            instead=instead,
            handler=handler,
            until=end_of(until) if until else None,
            publish=notifier(session, vault_of(settings), wording),
        )
    click.echo(f"{ticket.number}: {STATUS_NAMES[ticket.status]}")


@contextlib.contextmanager
def faults() -> Iterator[None]:
    """What may go wrong with a ticket, the vault or a file, as bad input."""
    from actions.tickets.export import UnknownFormat
    from actions.tickets.ticket import TicketError
    from actions.vault import Unreadable
    from actions.wording import WordingError
    from bot.cli import BadInput

    try:
        yield
    except (TicketError, UnknownFormat, Unreadable, WordingError) as error:
        raise BadInput(str(error)) from error
    except OSError as error:
        raise BadInput(f"{error.filename or 'disk'}: {error.strerror}") from error


def vault_of(settings: Settings) -> "Vault":
    from actions.vault import load_or_create

    return load_or_create(settings.home / "keys" / "vault.key")


def number_in(text: str) -> str:
    """The number in its one form.

    Raises:
        BadInput: it is none, or its check digit is wrong.
    """
    from actions.tickets.number import find
    from bot.cli import BadInput

    found = find(text)
    if found is None:
        raise BadInput(f"{text!r} is not a ticket number; they look like LL20261123-0042-7")
    if not found.fits:
        raise BadInput(f"{found.number}: date or check digit is wrong; compare it once more")
    return found.number


def status_named(name: str) -> Status:
    """The status of a name in Chinese or English."""
    from bot.cli import BadInput

    try:
        return STATUSES[name.strip().lower()]
    except KeyError:
        raise BadInput(f"status {name!r} is not known; known are {', '.join(STATUSES)}") from None


def end_of(day: datetime) -> datetime:
    """The end of a day in Beijing."""
    return datetime.combine(day.date() + timedelta(days=1), time(), SHANGHAI)


def moment(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""


def masked(text: str) -> str:
    return mask_phones(mask_identities(text)[0])


def facts(ticket: "Ticket", contact: "Contact | None", in_words: Callable[[str], str]) -> list[str]:
    """A line for everything that is known of a ticket."""
    where = ticket.address
    urgency, kind = URGENCY_NAMES[ticket.urgency], KIND_NAMES[ticket.kind]
    spot = f"{where.latitude}, {where.longitude} ({where.datum})" if where and where.datum else ""
    said = (
        ("标题", ticket.title),
        ("内容", ticket.description),
        ("期望", ticket.expectation),
        ("时间", ticket.happened),
        ("约为", stored(ticket.happened_at).in_words() if ticket.happened_at else ""),
        ("车牌", "、".join(ticket.plates)),
        ("地点", where.said if where else ""),
        ("评价理由", ticket.rating_reason),
    )
    known = (
        ("单号", ticket.number),
        ("状态", STATUS_NAMES[ticket.status]),
        ("类型", f"{kind}，{urgency}"),
        ("分类", " / ".join(ticket.category)),
        *((name, in_words(text)) for name, text in said),
        ("坐标", spot),
        ("联系人", who(ticket, contact)),
        ("渠道", ticket.channel),
        ("附件", "、".join(ticket.attachments)),
        ("承办单位", "、".join(filter(None, (ticket.handler, *ticket.co_handlers)))),
        ("提交", moment(ticket.filed_at)),
        ("办理时限", moment(ticket.resolve_by)),
        ("办结", moment(ticket.closed_at)),
        ("附议", str(ticket.endorsements or "")),
        ("催办", str(ticket.urges or "")),
        ("评价", str(ticket.rating or "")),
        ("督办", "是" if ticket.supervised else ""),
        ("待补充", "是" if ticket.incomplete else ""),
    )
    return [f"{name}：{text}" for name, text in known if text]


def who(ticket: "Ticket", contact: "Contact | None") -> str:
    if ticket.anonymous:
        return "匿名"
    if contact is None:
        return "有电话，--with-contact 可见" if ticket.has_phone else ""
    secret = "（保密）" if ticket.confidential else ""
    return " ".join(filter(None, (contact.name, contact.phone))) + secret


def told(event: "Event", in_words: Callable[[str], str]) -> str:
    """One line of the history."""
    change = f"{STATUS_NAMES[event.before]} → {STATUS_NAMES[event.status]}"
    parts = (
        moment(event.at),
        event.actor,
        event.kind.value,
        change if event.before is not event.status else "",
        in_words(event.text),
        in_words(event.instead),
        "★" * (event.stars or 0),
        "、".join(event.fields),
    )
    return "  ".join(filter(None, parts))
