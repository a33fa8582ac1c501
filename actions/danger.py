"""After an alarm: what was said is kept, so that a report need not say it again."""

import re
from datetime import datetime, timedelta

from actions.draft import Draft, DraftState, latest, new_draft
from actions.offer import Offer, OfferKind, make_offer
from actions.reading import read
from actions.reply import Button
from actions.taking import take
from actions.tickets.ticket import Kind
from actions.turn import Guess, Means, Said, Turn

RELATED = timedelta(minutes=30)
"""A report begun so soon after an alarm tells of the same; later it must be asked for."""

REGISTERS = re.compile(
    r"(?:现在|已经)?(?:没有?危险了?|没事了?)?[，, ]*(?:请|帮我|麻烦|就|要)?(?:登记|记下来?)"
    r"(?:这件事|这个事?|一下|工单|吧)*[。！!]*"
)
"""Asks for a report of the alarm and says nothing more."""


def remember_danger(conversation: str, words: str, means: Means) -> tuple[Button, ...]:
    """Keeps the words of an alarm; the button that makes a report of them.

    Nothing in the middle of a report, which goes on by itself.
    """
    now = means.clock()
    with means.sessions.begin() as session:
        found = latest(session, conversation, means.vault, DraftState.OPEN)
        if found is not None and found[0].what:
            return ()
        about = {"words": words, "at": now.isoformat()}
        make_offer(session, conversation, Offer(OfferKind.DANGER, about), means.vault, now)
    return means.wording.say("emergency_after").buttons


def registers(turn: Turn) -> bool:
    return REGISTERS.fullmatch(turn.text) is not None


def is_related(offer: Offer, now: datetime) -> bool:
    return now - datetime.fromisoformat(offer.about["at"]) <= RELATED


def danger_before(turn: Turn, offer: Offer) -> Draft:
    """A report that begins with the words of the alarm, and with every fact in them."""
    blank = new_draft(turn.conversation, turn.channel, Kind.REQUEST, intent="report_problem")
    said = Said(str(offer.about["words"]))
    told = Turn(
        conversation=turn.conversation,
        channel=turn.channel,
        message=turn.message,
        said=said,
        intent=Guess("report_problem", 1.0),
        at=datetime.fromisoformat(offer.about["at"]),
    )
    return take(blank, read(told)).draft
