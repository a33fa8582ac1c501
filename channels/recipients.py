"""Whom a conversation is held with, on channels that may write first."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from actions.vault import Vault
from channels.arrival import Arrival
from channels.tables import Base, OutgoingRow, OutgoingState, RecipientRow
from knowledge.columns import Moment
from knowledge.inserting import prepared

CAME = prepared(
    RecipientRow,
    lambda into: into.on_conflict_do_update(
        index_elements=[RecipientRow.conversation],
        set_={name: into.excluded[name] for name in ("heard", "heard_by", "reachable")},
    ),
)
WAITED = (
    update(Base.metadata.tables[OutgoingRow.__tablename__])
    .where(
        OutgoingRow.conversation == bindparam("of"),
        OutgoingRow.state == OutgoingState.PENDING,
        OutgoingRow.failures == 0,
    )
    .values(next_try=bindparam("now", type_=Moment()))
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """``person`` is the channel's own name of the resident; ``heard`` and ``heard_by`` tell when
    and how they last came, which decides what may be written to them."""

    conversation: str
    channel: str
    account: str
    person: str = field(repr=False)
    heard: datetime
    heard_by: str
    reachable: bool


def note_recipient(session: Session, arrival: Arrival, vault: Vault, now: datetime) -> None:
    """Remember how to write to them; nothing where the channel cannot write first."""
    if not arrival.recipient:
        return
    values = {
        "conversation": arrival.conversation,
        "channel": arrival.channel,
        "account": arrival.account,
        "sealed": vault.seal(arrival.recipient),
        "heard": now,
        "heard_by": arrival.heard_by,
        "reachable": True,
    }
    session.execute(CAME(session), values)
    # What had to wait for a word of theirs need not wait any longer.
    session.execute(WAITED, {"of": arrival.conversation, "now": now})


def find_recipient(session: Session, conversation: str, vault: Vault) -> Recipient | None:
    row = session.get(RecipientRow, conversation)
    if row is None:
        return None
    return Recipient(
        conversation=conversation,
        channel=row.channel,
        account=row.account,
        person=vault.open(row.sealed),
        heard=row.heard,
        heard_by=row.heard_by,
        reachable=row.reachable,
    )


def lose_recipient(session: Session, conversation: str) -> None:
    """They have left the channel; nothing is sent until they come back."""
    row = session.get(RecipientRow, conversation)
    if row is not None:
        row.reachable = False
