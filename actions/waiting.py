"""A second thing to report, said in the same breath: it waits until the first is finished."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from actions.draft import AT_HAND, KINDS, Draft, DraftState, Waiting, latest, new_draft, save
from actions.offer import Offer, OfferKind, make_offer
from actions.reading import read
from actions.reply import Reply
from actions.taking import take
from actions.tickets.ticket import Kind
from actions.turn import Guess, Means, Said, Turn
from nlu.text import title_of


def put_off(conversation: str, waiting: Waiting, means: Means) -> Reply | None:
    """Keep it with the report at hand; None where there is none, or it is in there already."""
    now = means.clock()
    with means.sessions.begin() as session:
        found = latest(session, conversation, means.vault, DraftState.OPEN)
        if found is None or not found[0].what or now - found[1] > AT_HAND:
            return None
        draft = found[0]
        if waiting not in draft.waiting:
            save(session, replace(draft, waiting=(*draft.waiting, waiting)), means.vault, now)
        return means.wording.say("put_off", title=title_of(waiting.text))


def offer_next(session: Session, draft: Draft, means: Means, now: datetime) -> Reply | None:
    """Once a report is finished: shall what waits be reported as well?"""
    if not draft.waiting:
        return None
    about = {"waiting": [waiting.to_json() for waiting in draft.waiting]}
    make_offer(session, draft.conversation, Offer(OfferKind.NEXT, about), means.vault, now)
    return means.wording.say("next_offer", title=title_of(draft.waiting[0].text))


def begin_next(session: Session, turn: Turn, means: Means, offer: Offer) -> Reply:
    """A new report from the words that waited; what waits behind them goes on waiting."""
    first, *rest = (Waiting.from_json(said) for said in offer.about["waiting"])
    blank = new_draft(
        turn.conversation, turn.channel, KINDS.get(first.intent, Kind.REQUEST), intent=first.intent
    )
    said = replace(turn, said=Said(first.text), intent=Guess(first.intent, 1.0))
    draft = replace(
        take(blank, read(said)).draft,
        categories=(Guess(first.category, first.confidence),) if first.category else (),
        waiting=tuple(rest),
    )
    save(session, draft.after(turn), means.vault, means.clock())
    return means.wording.say("report_welcome_back", title=title_of(first.text))
