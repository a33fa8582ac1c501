"""A report being taken (上报中的诉求): what is known of it, and what is still to be asked."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from actions.tables import DraftRow
from actions.tickets.ticket import Kind
from actions.turn import Guess, Location, Turn
from actions.vault import Vault


class Step(StrEnum):
    """What a report is asked for, in this order.

    CATEGORY and SIMILAR come up only where there is need, and are no slots of Rasa's form.
    """

    WHAT = "report_what"
    WHERE = "report_where"
    CATEGORY = "category"
    SIMILAR = "similar"
    CONTACT = "report_contact"
    CONFIRMATION = "report_confirmation"


class DraftState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    FILED = "filed"
    ENDORSED = "endorsed"
    CANCELLED = "cancelled"


PLACELESS = frozenset({Kind.PRAISE, Kind.SUGGESTION, Kind.INQUIRY})
"""Kinds that are not asked where."""

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "report_problem": Kind.REQUEST,
        "complain_about_service": Kind.COMPLAINT,
        "report_violation": Kind.REPORT,
        "suggest": Kind.SUGGESTION,
        "praise": Kind.PRAISE,
        "book_service": Kind.REQUEST,
        "ask_policy": Kind.INQUIRY,
    }
)
"""The kind of a report, by the intent of its first message."""

BEGINNINGS = frozenset(KINDS) - {"ask_policy"}
"""Intents that begin a report; a question becomes one only where its answer is not known."""

AT_HAND = timedelta(hours=12)
"""After a longer pause only what plainly goes on with a draft is read into it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Another thing to report, said in the same breath, as it was understood."""

    text: str = field(repr=False)
    intent: str
    category: str = ""
    confidence: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Waiting":
        return cls(**given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Facts of a report so far. ``message`` is the last inbound record that was read into it,
    up to the want that begins at ``part``.

    ``tries`` counts fruitless answers to the question now asked; ``nearby`` is a relative place
    (楼下) said before the estate was known; ``similar`` is the ticket last
    offered to be endorsed, and ``alone`` says that the resident wants one of their own. ``waiting``
    are further reports for afterwards. ``doubtful``: the resident is asked which of the
    categories it is; ``chosen``: they have said so.
    """

    key: str
    conversation: str
    channel: str
    kind: Kind
    state: DraftState = DraftState.OPEN
    what: str = field(default="", repr=False)
    where: str = field(default="", repr=False)
    nearby: str = ""
    when: str = ""
    happened: str = ""
    plates: tuple[str, ...] = field(default=(), repr=False)
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    anonymous: bool = False
    no_phone: bool = False
    confidential: bool = False
    spoken: bool = False
    location: Location | None = field(default=None, repr=False)
    images: tuple[str, ...] = ()
    categories: tuple[Guess, ...] = ()
    doubtful: bool = False
    chosen: bool = False
    intent: str = ""
    asked: Step | None = None
    tries: int = 0
    message: int = 0
    part: int = 0
    similar: str = ""
    alone: bool = False
    waiting: tuple[Waiting, ...] = ()
    number: str = ""

    def has_read(self, turn: Turn) -> bool:
        """Whether the turn was read into it before; it is run again after a fault."""
        return self.message == turn.message and self.part >= turn.part

    def after(self, turn: Turn) -> "Draft":
        """The same draft, with the turn marked as read."""
        return replace(self, message=turn.message, part=turn.part)

    @property
    def contact_settled(self) -> bool:
        return bool(self.phone) or self.anonymous or self.no_phone

    def settled(self) -> dict[Step, bool]:
        """Which steps need no more asking."""
        return {
            Step.WHAT: bool(self.what),
            Step.WHERE: bool(self.where or self.location) or self.kind in PLACELESS,
            Step.CATEGORY: not self.doubtful,
            Step.SIMILAR: self.alone or not self.similar,
            Step.CONTACT: self.contact_settled,
            Step.CONFIRMATION: self.state is not DraftState.OPEN,
        }

    def next_step(self) -> Step | None:
        return next((step for step, settled in self.settled().items() if not settled), None)

    @property
    def agreed(self) -> bool:
        """Whether the resident has agreed to it and it is yet to be filed, or joined."""
        return self.state in {DraftState.CONFIRMED, DraftState.ENDORSED} and not self.number

    @property
    def subject(self) -> str:
        """The words it began with, without what was added."""
        return self.what.partition("\n")[0]

    def asking(self) -> "Draft":
        """The same draft, with ``asked`` and ``tries`` brought up to date."""
        step = self.next_step()
        return replace(self, asked=step, tries=self.tries if step is self.asked else 0)


def new_draft(conversation: str, channel: str, kind: Kind, **facts: Any) -> Draft:
    return Draft(key=uuid4().hex, conversation=conversation, channel=channel, kind=kind, **facts)


def save(session: Session, draft: Draft, vault: Vault, now: datetime) -> None:
    """Write the draft, new or known."""
    session.merge(
        DraftRow(
            key=draft.key,
            conversation=draft.conversation,
            state=draft.state,
            sealed=vault.seal(json.dumps(asdict(draft), ensure_ascii=False)),
            updated=now,
        )
    )


LATEST = (
    select(DraftRow)
    .where(
        DraftRow.conversation == bindparam("of"),
        DraftRow.state.in_(bindparam("states", expanding=True)),
    )
    .order_by(DraftRow.updated.desc())
    .limit(1)
)


def latest(
    session: Session, conversation: str, vault: Vault, *states: DraftState
) -> tuple[Draft, datetime] | None:
    """The conversation's draft written last that is in one of ``states``, and when it was."""
    row = session.scalar(LATEST, {"of": conversation, "states": states})
    if row is None:
        return None
    return draft_of(json.loads(vault.open(row.sealed))), row.updated


def draft_of(facts: dict[str, Any]) -> Draft:
    location = facts.pop("location")
    return Draft(
        **{
            **facts,
            "kind": Kind(facts["kind"]),
            "state": DraftState(facts["state"]),
            "asked": Step(facts["asked"]) if facts["asked"] else None,
            "location": Location(**location) if location else None,
            "images": tuple(facts["images"]),
            "plates": tuple(facts.get("plates", ())),
            "categories": tuple(Guess(**g) for g in facts["categories"]),
            "waiting": tuple(Waiting.from_json(w) for w in facts.get("waiting", ())),
        }
    )
