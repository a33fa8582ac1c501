"""Answering questions from approved knowledge, with source and date."""

from collections.abc import Sequence
from dataclasses import replace

from actions.offer import Offer, OfferKind, make_offer
from actions.quoting import citation, label, named, quoted, since
from actions.reply import Button, Reply, Signal
from actions.turn import Means, Outcome, Turn
from actions.unanswered import keep_unknown
from actions.wording import Wording
from knowledge.entry import Entry
from knowledge.search import Decision, Finding, Hit
from nlu.clock import SHANGHAI
from nlu.fillers import without_fillers

NEAR = 0.05
"""An entry is offered beside the likeliest when it is at least a twentieth as likely."""


def answer_policy(turn: Turn, means: Means) -> Outcome:
    """The answer in force today; between two near ones the question which was meant."""
    finding = search(turn, means)
    if finding.decision is Decision.ANSWER:
        return answer_with(turn, means, finding.hits[0].entry)
    if finding.decision is Decision.ASK_WHICH:
        return ask_which(turn, means, finding)
    return not_known(turn, means, finding.hits)


def answer_if_sure(turn: Turn, means: Means) -> Outcome | None:
    """The answer where there is a sure one, for messages that were not taken for questions."""
    finding = search(turn, means)
    if finding.decision is Decision.ANSWER:
        return answer_with(turn, means, finding.hits[0].entry)
    return None


def search(turn: Turn, means: Means) -> Finding:
    return search_for(turn.text, means)


def search_for(text: str, means: Means) -> Finding:
    """What a legible text finds today, here."""
    today = means.clock().astimezone(SHANGHAI).date()
    query = without_fillers(text)
    return means.searcher().find(query, as_of=today, regions=means.regions)


def answer_with(turn: Turn, means: Means, entry: Entry, *, whole: bool = False) -> Outcome:
    """The entry's answer; in the middle of a report without questions of its own.

    Args:
        whole: a passage is quoted to its end, however long.
    """
    reply, left_out = reply_with(entry, means.wording, whole=whole)
    if turn.in_report:
        return Outcome((reply,))
    offer = Offer(OfferKind.ANSWER, {"question": turn.said.text, "entry": entry.id})
    remember(turn, means, offer)
    buttons = means.wording.say("answer_buttons").buttons
    if left_out:
        buttons = (*means.wording.say("quoted_rest").buttons, *buttons)
    return Outcome((replace(reply, buttons=buttons),))


def reply_with(entry: Entry, wording: Wording, *, whole: bool = False) -> tuple[Reply, bool]:
    """What is said, and whether words of a quoted passage were left out."""
    if entry.quoted:
        return quoted(entry, wording, whole=whole)
    footer = wording.text(
        "answer_footer", source=named(entry.source), effective=since(entry, wording)
    )
    return Reply(text=f"{entry.answer.strip()}\n{footer}", citations=(citation(entry),)), False


def ask_which(turn: Turn, means: Means, finding: Finding) -> Outcome:
    likely = NEAR * finding.hits[0].confidence
    entries = [hit.entry for hit in finding.hits if hit.confidence >= likely]
    if not turn.in_report:
        about = {"question": turn.said.text, "entries": [entry.id for entry in entries]}
        remember(turn, means, Offer(OfferKind.WHICH, about))
    last = means.wording.say("none_of_these").buttons if not turn.in_report else ()
    buttons = tuple(Button(label(entry), entry.question) for entry in entries)
    return Outcome((replace(means.wording.say("which"), buttons=(*buttons, *last)),))


def not_known(turn: Turn, means: Means, hits: Sequence[Hit]) -> Outcome:
    """Says so, and offers a ticket or a person; editors will see what was asked in vain."""
    reply = replace(means.wording.say("unknown"), signal=Signal.MISSED)
    with means.sessions.begin() as session:
        keep_unknown(session, turn, means, hits)
        if turn.in_report:
            return Outcome((replace(reply, buttons=()),))
        offer = Offer(OfferKind.REPORT, {"question": turn.said.text})
        make_offer(session, turn.conversation, offer, means.vault, means.clock())
    return Outcome((reply,))


def remember(turn: Turn, means: Means, offer: Offer) -> None:
    with means.sessions.begin() as session:
        make_offer(session, turn.conversation, offer, means.vault, means.clock())
