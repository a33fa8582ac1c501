"""News of a ticket to its resident, written into the conversation it came from."""

from dataclasses import replace

from sqlalchemy.orm import Session

from actions.reply import Reply, TicketCard
from actions.tickets.ticket import STATUS_NAMES, Event, EventKind, Publish
from actions.vault import Vault
from actions.wording import Wording
from channels.outgoing import tell


def notifier(session: Session, vault: Vault, wording: Wording) -> Publish:
    """A listener that writes the notice in the transaction of the change itself."""

    def notify(event: Event) -> None:
        reply = notice(event, wording)
        if reply is not None:
            tell(session, event.conversation, reply, vault, event.at)

    return notify


def notice(event: Event, wording: Wording) -> Reply | None:
    """What the resident is told about an event; None where it is no news."""
    if event.kind is not EventKind.STATUS or event.before is event.status:
        return None
    key = f"news_{event.status.value}"
    if key not in wording.lines:
        key = "news"
    said = wording.say(
        key,
        number=event.number,
        status=STATUS_NAMES[event.status],
        reason=wording.text("news_reason", reason=event.text) if event.text else "",
        instead=event.instead,
    )
    return replace(said, ticket=TicketCard(event.number, STATUS_NAMES[event.status], ""))
