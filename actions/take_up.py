"""Taking up what was offered last: yes, no, the second one, a bare address or number."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from actions.choice import NONE_OF_THESE, chosen
from actions.danger import danger_before, registers
from actions.draft import Draft, DraftState, latest, new_draft, save
from actions.escalation import signalling
from actions.filing import finish_report
from actions.follow_up import withdraw_ticket_now
from actions.offer import Offer, OfferKind, last_offer, make_offer, withdraw_offer
from actions.policy import answer_if_sure, answer_with, search_for
from actions.quoting import WANTS_ALL
from actions.reading import read
from actions.reply import Signal
from actions.report import asked_before
from actions.summary import title
from actions.taking import RESUMES
from actions.tickets.follow_up import add_note
from actions.tickets.register import complete
from actions.tickets.ticket import Amendment, Kind, TicketError
from actions.turn import Means, Outcome, Turn
from actions.unanswered import keep, nearest
from actions.waiting import begin_next
from knowledge.entry import Entry
from knowledge.gaps import Gap, GapKind
from nlu.text import HAN, legible

REPORT_FORM = "report_form"
RECENT = timedelta(minutes=30)
DROPS = re.compile(r"不报了?|不用报|不继续|不要了|取消|算了")


def take_up(turn: Turn, means: Means) -> Outcome:
    """What the message means towards the last offer; a friendly line where there was none."""
    if confirmed_before(turn, means):
        return finish_report(turn, means)
    with means.sessions.begin() as session:
        offer = last_offer(session, turn.conversation, means.vault, means.clock())
        draft = latest(session, turn.conversation, means.vault, DraftState.OPEN)
        if RESUMES.match(turn.text) and draft:
            return resume_report(session, turn, means, draft[0])
        if offer is not None:
            outcome = TAKINGS[offer.kind](session, turn, means, offer)
            if outcome is not None:
                return outcome
        if draft and draft[0].what:
            outcome = towards_draft(session, turn, means, draft[0])
            if outcome is not None:
                return outcome
        outcome = towards_last_ticket(session, turn, means)
        if outcome is not None:
            return outcome
    if says_enough(turn):
        return Outcome(continue_with=REPORT_FORM)
    sure = answer_if_sure(turn, means) if len(HAN.findall(turn.text)) >= 4 else None
    return sure or Outcome((means.wording.say("nothing_offered"),))


def confirmed_before(turn: Turn, means: Means) -> bool:
    """Whether a report was confirmed, but Rasa was lost before it could be filed."""
    with means.reading() as session:
        found = latest(session, turn.conversation, means.vault, *DraftState)
    return found is not None and found[0].agreed


def continue_report(session: Session, turn: Turn) -> Outcome:
    withdraw_offer(session, turn.conversation)
    return Outcome(continue_with=REPORT_FORM)


def resume_report(session: Session, turn: Turn, means: Means, draft: Draft) -> Outcome:
    """“好” takes up the offer to go on and is no answer to what is asked then."""
    save(session, draft.after(turn), means.vault, means.clock())
    outcome = continue_report(session, turn)
    if not draft.what:
        return outcome
    reply = means.wording.say("report_welcome_back", title=title(draft))
    return replace(outcome, replies=(reply,))


def agrees(turn: Turn) -> bool:
    return turn.intent.name == "affirm" or read(turn).confirms or "登记" in turn.text


def refuses(turn: Turn) -> bool:
    return turn.intent.name in {"deny", "cancel"} or read(turn).cancels


def offer_ticket(session: Session, turn: Turn, means: Means, offer: Offer, line: str) -> Outcome:
    """Say the line and offer to file the question that was not answered; editors will see it."""
    keep(session, turn, means, gap_of(offer, means))
    about = Offer(OfferKind.REPORT, {"question": offer.about["question"]})
    make_offer(session, turn.conversation, about, means.vault, means.clock())
    return signalling(Outcome((means.wording.say(line),)), Signal.UNSOLVED)


def gap_of(offer: Offer, means: Means) -> Gap:
    """The question that was answered to no avail, or that none of the entries offered answers."""
    question = str(offer.about["question"])
    hits = search_for(legible(question).text, means).hits
    if offer.kind is OfferKind.ANSWER:
        entry = str(offer.about["entry"])
        return Gap(GapKind.UNSOLVED, question, nearest(hits), entry)
    return Gap(GapKind.UNKNOWN, question, nearest(hits))


def after_answer(session: Session, turn: Turn, means: Means, offer: Offer) -> Outcome | None:
    if turn.intent.name == "helpful":
        withdraw_offer(session, turn.conversation)
        return Outcome((means.wording.say("helpful"),))
    if WANTS_ALL.search(turn.text):
        entry = means.searcher().entry(offer.about["entry"])
        if entry is not None and entry.quoted:
            session.commit()
            return answer_with(turn, means, entry, whole=True)
    if refuses(turn):
        return offer_ticket(session, turn, means, offer, "not_solved")
    return None


def after_which(session: Session, turn: Turn, means: Means, offer: Offer) -> Outcome | None:
    entry = entry_meant(turn.text, [means.searcher().entry(id) for id in offer.about["entries"]])
    if entry is not None:
        session.commit()
        return answer_with(turn, means, entry)
    if refuses(turn) or NONE_OF_THESE.search(turn.text):
        return offer_ticket(session, turn, means, offer, "unknown")
    return None


def entry_meant(text: str, offered: Sequence[Entry | None]) -> Entry | None:
    """Which of the entries is chosen, by its question (a button says it) or by its place."""
    by_question = {legible(entry.question).text: entry for entry in offered if entry is not None}
    if (named := by_question.get(text.strip())) is not None:
        return named
    place = chosen(text)
    if place is None or NONE_OF_THESE.search(text) or not -len(offered) <= place < len(offered):
        return None
    return offered[place]


def after_report_offer(session: Session, turn: Turn, means: Means, offer: Offer) -> Outcome | None:
    if refuses(turn):
        withdraw_offer(session, turn.conversation)
        return Outcome((means.wording.say("nothing_offered"),))
    if not agrees(turn):
        return None
    blank = new_draft(turn.conversation, turn.channel, Kind.REQUEST)
    draft = asked_before(blank, str(offer.about["question"]), turn)
    save(session, draft, means.vault, means.clock())
    return continue_report(session, turn)


def after_resume_offer(session: Session, turn: Turn, means: Means, offer: Offer) -> Outcome | None:
    found = latest(session, turn.conversation, means.vault, DraftState.OPEN)
    if found is None:
        return None
    if refuses(turn):
        return drop(session, turn, means, found[0])
    return resume_report(session, turn, means, found[0]) if agrees(turn) else None


def after_withdrawal_offer(
    session: Session, turn: Turn, means: Means, offer: Offer
) -> Outcome | None:
    if "不撤" in turn.text or refuses(turn):
        withdraw_offer(session, turn.conversation)
        reply = means.wording.say("withdrawal_stopped", number=offer.about["number"])
        return Outcome((reply,))
    if agrees(turn) or "撤" in turn.text:
        return withdraw_ticket_now(session, turn, means, str(offer.about["number"]))
    return None


def after_next_offer(session: Session, turn: Turn, means: Means, offer: Offer) -> Outcome | None:
    if refuses(turn):
        withdraw_offer(session, turn.conversation)
        return Outcome((means.wording.say("nothing_offered"),))
    if not (agrees(turn) or RESUMES.match(turn.text)):
        return None
    reply = begin_next(session, turn, means, offer)
    return replace(continue_report(session, turn), replies=(reply,))


def after_danger(session: Session, turn: Turn, means: Means, offer: Offer) -> Outcome | None:
    """“没有危险，登记这件事”: a report of what set off the alarm."""
    if not registers(turn):
        return None
    return resume_report(session, turn, means, danger_before(turn, offer))


def nothing(session: Session, turn: Turn, means: Means, offer: Offer) -> Outcome | None:
    return None


TAKINGS: dict[OfferKind, Callable[[Session, Turn, Means, Offer], Outcome | None]] = {
    OfferKind.ANSWER: after_answer,
    OfferKind.WHICH: after_which,
    OfferKind.REPORT: after_report_offer,
    OfferKind.RESUME: after_resume_offer,
    OfferKind.WITHDRAW: after_withdrawal_offer,
    OfferKind.ADDITION: nothing,
    OfferKind.REASON: nothing,
    OfferKind.MISUNDERSTOOD: nothing,
    OfferKind.NEXT: after_next_offer,
    OfferKind.DANGER: after_danger,
}


def towards_draft(session: Session, turn: Turn, means: Means, draft: Draft) -> Outcome | None:
    """An unfinished report outlives Rasa's session: facts still go to it, and it can be dropped."""
    if DROPS.search(turn.text) or turn.intent.name == "cancel":
        return drop(session, turn, means, draft)
    if turn.intent.name in {"resume", "give_address", "give_contact", "give_time", "correct"}:
        return Outcome(continue_with=REPORT_FORM)
    if read(turn).confirms and draft.asked is not None:
        return Outcome(continue_with=REPORT_FORM)
    return None


def drop(session: Session, turn: Turn, means: Means, draft: Draft) -> Outcome:
    save(session, replace(draft, state=DraftState.CANCELLED), means.vault, means.clock())
    withdraw_offer(session, turn.conversation)
    return Outcome((means.wording.say("cancelled"),))


def towards_last_ticket(session: Session, turn: Turn, means: Means) -> Outcome | None:
    """Just after filing: a second 确认 files nothing, a phone or a correction still counts."""
    filed = latest(session, turn.conversation, means.vault, DraftState.FILED)
    if filed is None or means.clock() - filed[1] > RECENT:
        return None
    reading = read(turn)
    number = filed[0].number
    if reading.confirms or turn.intent.name == "affirm":
        return Outcome((means.wording.say("already_filed", number=number),))
    if reading.phone:
        amendment = Amendment(contact_phone=reading.phone, contact_name=reading.name or None)
        return amended(session, turn, means, number, amendment)
    if turn.intent.name in {"correct", "give_address", "give_time"}:
        key = f"note:{turn.message}"
        try:
            add_note(session, number, turn.words, now=means.clock(), key=key)
        except TicketError:
            return None
        return Outcome((means.wording.say("addition_taken", number=number),))
    return None


def amended(
    session: Session, turn: Turn, means: Means, number: str, amendment: Amendment
) -> Outcome | None:
    try:
        complete(
            session,
            number,
            amendment,
            now=means.clock(),
            vault=means.vault,
            rules=means.rules,
            calendar=means.calendar,
            key=f"contact:{turn.message}",
        )
    except TicketError:
        return None
    return Outcome((means.wording.say("addition_taken", number=number),))


def says_enough(turn: Turn) -> bool:
    """Whether there is more in it than a place: then it is a report.

    A time or a number with words around it is as often an alarm clock or a call to somebody.
    """
    if turn.intent.name not in {"give_address", "give_time", "give_contact", "correct"}:
        return False
    reading = read(turn)
    if turn.intent.name != "give_address" and reading.address is None:
        return False
    known = len(reading.address.text if reading.address else "") + len(reading.when)
    return len(HAN.findall(turn.text)) - known >= 5
