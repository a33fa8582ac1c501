"""Small words: greeting, help, thanks, and what to say when nothing was understood."""

from dataclasses import replace
from functools import partial

from actions.danger import remember_danger
from actions.draft import DraftState, latest
from actions.escalation import signalling
from actions.offer import Offer, OfferKind, last_offer, make_offer, withdraw_offer
from actions.policy import answer_policy, answer_with, search
from actions.reply import PhoneNumber, Reply, Signal
from actions.summary import title
from actions.taking import QUESTION
from actions.turn import Flow, Means, Outcome, Turn
from actions.unanswered import keep_unknown
from knowledge.search import Decision
from nlu.emergency import AMBULANCE, FIRE, POLICE

SURE_OF_DANGER = 0.75
SUSPICION = 0.4


def say(key: str, turn: Turn, means: Means) -> Outcome:
    """A line of the wording; without its buttons in the middle of a report."""
    reply = means.wording.say(key)
    return Outcome((replace(reply, buttons=()) if turn.in_report else reply,))


def saying(key: str) -> Flow:
    return partial(say, key)


def answer_or_say(key: str, turn: Turn, means: Means) -> Outcome:
    """What was taken for chat may be a question after all: a sure answer comes first.

    What is off the subject may be on it one day: editors will see that it was asked.
    """
    finding = search(turn, means)
    if finding.decision is Decision.ANSWER:
        return answer_with(turn, means, finding.hits[0].entry)
    outcome = say(key, turn, means)
    if key != "out_of_scope":
        return outcome
    with means.sessions.begin() as session:
        keep_unknown(session, turn, means, finding.hits)
    return signalling(outcome, Signal.NOT_OURS)


def answering_or_saying(key: str) -> Flow:
    return partial(answer_or_say, key)


def say_danger(turn: Turn, means: Means) -> Outcome:
    """Danger that the table of emergencies did not see: all three numbers, and be quick.

    A faint suspicion, or half a suspicion in a question, is looked up like a question.
    """
    asks = QUESTION.search(turn.text) is not None
    if turn.intent.confidence < (SURE_OF_DANGER if asks else SUSPICION):
        return answer_policy(turn, means)
    calls = tuple(PhoneNumber(c.name, c.number) for c in (POLICE, FIRE, AMBULANCE))
    buttons = () if turn.in_report else remember_danger(turn.conversation, turn.said.text, means)
    said = means.wording.text("emergency_unsure")
    reply = Reply(said, buttons=buttons, calls=calls, urgent=True)
    return Outcome((reply,))


def ask_human(turn: Turn, means: Means) -> Outcome:
    """Where a person is to be had; a ticket is offered with the last question in it.

    Where there is a desk, it answers instead.
    """
    outcome = signalling(say("ask_human", turn, means), Signal.PERSON)
    if turn.in_report:
        return outcome
    with means.sessions.begin() as session:
        now = means.clock()
        offer = last_offer(session, turn.conversation, means.vault, now)
        about = {"question": offer.about.get("question", "") if offer else ""}
        make_offer(session, turn.conversation, Offer(OfferKind.REPORT, about), means.vault, now)
    return outcome


def tell_privacy(turn: Turn, means: Means) -> Outcome:
    """What is kept, and the offer to file a request to see or delete it."""
    outcome = say("privacy", turn, means)
    if not turn.in_report:
        with means.sessions.begin() as session:
            offer = Offer(OfferKind.REPORT, {"question": means.wording.text("privacy_request")})
            make_offer(session, turn.conversation, offer, means.vault, means.clock())
    return outcome


def restart(turn: Turn, means: Means) -> Outcome:
    """Begin again; an unfinished report is kept and offered."""
    with means.sessions.begin() as session:
        withdraw_offer(session, turn.conversation)
        found = latest(session, turn.conversation, means.vault, DraftState.OPEN)
        if found is None or not found[0].what:
            return Outcome((means.wording.say("restart"),), restarts=True)
        now = means.clock()
        make_offer(session, turn.conversation, Offer(OfferKind.RESUME, {}), means.vault, now)
        reply = means.wording.say("restart_with_draft", title=title(found[0]))
        return Outcome((reply,), restarts=True)


def fall_back(turn: Turn, means: Means) -> Outcome:
    """Not understood: a sure answer, else say so; the second time offer to write it down.

    Editors will see what was not understood.
    """
    finding = search(turn, means)
    if finding.decision is Decision.ANSWER:
        return answer_with(turn, means, finding.hits[0].entry)
    with means.sessions.begin() as session:
        keep_unknown(session, turn, means, finding.hits)
        now = means.clock()
        offer = last_offer(session, turn.conversation, means.vault, now)
        before = offer.about if offer and offer.kind is OfferKind.MISUNDERSTOOD else {}
        again = before.get("message") not in {None, turn.message}
        asked = f"{before['question']}\n{turn.said.text}" if again else turn.said.text
        kind = OfferKind.REPORT if again else OfferKind.MISUNDERSTOOD
        about = {"question": asked, "message": turn.message}
        make_offer(session, turn.conversation, Offer(kind, about), means.vault, now)
    said = means.wording.say("not_understood_again" if again else "not_understood")
    return signalling(Outcome((said,)), Signal.MISSED)
