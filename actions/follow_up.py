"""Following a ticket up: asking after it, adding to it, hurrying, withdrawing, rating it."""

import re
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from actions.filing import card, in_words
from actions.offer import Offer, OfferKind, last_offer, make_offer, withdraw_offer
from actions.reading import read
from actions.reply import Button
from actions.tickets import follow_up
from actions.tickets.number import Found, find
from actions.tickets.register import by_number, complete, of_conversation
from actions.tickets.ticket import STATUS_NAMES, Amendment, Status, Ticket, TicketError
from actions.tickets.transitions import OPEN
from actions.turn import Means, Outcome, Turn
from nlu.text import HAN

OPEN_QUESTION = "open_question"
SETTLED = frozenset({Status.RESOLVED, Status.ARCHIVED})
VERY_BAD = r"非常不满意|很不满意|太差|(?:真|太|就是|简直)垃圾|^垃圾[。！!]*$|差评|没解决"
BAD = (
    r"不(?:是?(?:很|太|怎么|够|那么|特别|大))?(?:满意|行|好)|"
    r"没有?(?:修|办|弄|处理|解决|搞)?好|(?<!不)差(?!不多)"
)


def points(digits: str) -> str:
    return rf"(?<![\d十])[{digits}]\s*(?:星|分(?!钟))"


STARS = (
    (1, re.compile(rf"{VERY_BAD}|{points('1一')}")),
    (2, re.compile(rf"{BAD}|{points('2二两')}")),
    (5, re.compile(rf"(?:非常|很|特别)满意|{points('5五')}|完美|太好了|好评")),
    (3, re.compile(rf"一般|还行|凑合|马马虎虎|差不多|{points('3三')}|可以吧")),
    (4, re.compile(rf"满意|不[错差]|挺好|可以|{points('4四')}|好")),
)
FILLER = re.compile(
    r"补充|追加|加(?:一[句点下条])|说明|一下|一点|情况|我|要|想|给|往|再|上次|上回|那个|那张|这个|这张|刚才|报的|的|工单|单子|事|里|还有|还|另外|(?:LL)?[\d\-]{6,}|[，。,.:：！!、\s]",
    re.IGNORECASE,
)

Step = Callable[[Session, Turn, Means, Ticket], Outcome]


def own_tickets(session: Session, turn: Turn) -> list[Ticket]:
    """The conversation's tickets, the newest first."""
    return of_conversation(session, turn.conversation)


def show_ticket(turn: Turn, means: Means) -> Outcome:
    """By number, also another's, then without what tells who and where; else one's own."""
    with means.sessions.begin() as session:
        found = find(turn.text)
        if found is not None:
            return show_one(session, turn, means, found)
        tickets = own_tickets(session, turn)
        if not tickets:
            return Outcome((means.wording.say("no_tickets"),))
        if len(tickets) == 1:
            return described(means, tickets[0], own=True)
        first = replace(means.wording.say("tickets", count=len(tickets)), ticket=card(tickets[0]))
        rest = tuple(
            replace(means.wording.say("ticket", number=t.number, **news(means, t)), ticket=card(t))
            for t in tickets[1:3]
        )
        return Outcome((first, *rest))


def show_one(session: Session, turn: Turn, means: Means, found: Found) -> Outcome:
    if not found.fits:
        return Outcome((means.wording.say("ticket_mistyped", number=found.number),))
    ticket = by_number(session, found.number)
    if ticket is None:
        return Outcome((means.wording.say("ticket_unknown", number=found.number),))
    return described(means, ticket, own=ticket.conversation == turn.conversation)


def described(means: Means, ticket: Ticket, *, own: bool) -> Outcome:
    reply = means.wording.say("ticket", number=ticket.number, **news(means, ticket))
    return Outcome((replace(reply, ticket=card(ticket, full=own)),))


def news(means: Means, ticket: Ticket) -> dict[str, str]:
    key = "ticket_due" if ticket.status in OPEN else "ticket_closed"
    line = means.wording.text(key, resolve_by=in_words(ticket.resolve_by))
    return {"status": STATUS_NAMES[ticket.status], "news": line}


def with_ticket(turn: Turn, means: Means, step: Step) -> Outcome:
    """Do the step with the ticket that is meant: by number, or the only or newest one."""
    with means.sessions.begin() as session:
        found = find(turn.text)
        own = own_tickets(session, turn)
        if found is not None:
            ticket = next((t for t in own if t.number == found.number), None)
            if ticket is None:
                key = "ticket_unknown" if found.fits else "ticket_mistyped"
                return Outcome((means.wording.say(key, number=found.number),))
            return attempt(session, turn, means, ticket, step)
        if not own:
            return Outcome((means.wording.say("no_tickets"),))
        open_ones = [t for t in own if t.status in OPEN] or own
        if len(open_ones) > 1 and step is not rate:
            return which_ticket(turn, means, open_ones)
        settled = [t for t in own if t.status in SETTLED]
        chosen = settled[0] if step is rate and settled else open_ones[0]
        return attempt(session, turn, means, chosen, step)


def attempt(session: Session, turn: Turn, means: Means, ticket: Ticket, step: Step) -> Outcome:
    try:
        return step(session, turn, means, ticket)
    except TicketError:
        status = STATUS_NAMES[ticket.status]
        reply = means.wording.say("cannot_change", number=ticket.number, status=status)
        return Outcome((reply,))


def which_ticket(turn: Turn, means: Means, tickets: list[Ticket]) -> Outcome:
    """Ask which; a button says the same words again with the number."""
    buttons = tuple(
        Button(f"{t.title}（{t.number}）", f"{turn.said.text[:40]} {t.number}") for t in tickets[:4]
    )
    return Outcome((replace(means.wording.say("ticket_which"), buttons=buttons),))


def add_to_ticket(turn: Turn, means: Means) -> Outcome:
    return with_ticket(turn, means, add)


def add(session: Session, turn: Turn, means: Means, ticket: Ticket) -> Outcome:
    """What the message says beyond “我要补充” is the addition; with nothing more it is asked."""
    if len(HAN.findall(FILLER.sub("", turn.text))) < 3 and not turn.said.images:
        about = {"number": ticket.number}
        offer = Offer(OfferKind.ADDITION, about)
        make_offer(session, turn.conversation, offer, means.vault, means.clock())
        reply = means.wording.say("ask_addition", number=ticket.number)
        return Outcome((reply,), continue_with=OPEN_QUESTION)
    return note(session, turn, means, ticket.number)


def note(session: Session, turn: Turn, means: Means, number: str) -> Outcome:
    """The words as a note; a phone in them belongs to the contact alone."""
    ticket = follow_up.add_note(
        session,
        number,
        turn.words,
        now=means.clock(),
        attachments=turn.said.images,
        key=f"note:{turn.message}",
    )
    reading = read(turn)
    if reading.phone and ticket.status in OPEN:
        complete(
            session,
            number,
            Amendment(contact_phone=reading.phone, contact_name=reading.name or None),
            now=means.clock(),
            vault=means.vault,
            rules=means.rules,
            calendar=means.calendar,
            key=f"contact:{turn.message}",
        )
    return Outcome((means.wording.say("addition_taken", number=number),))


def urge_ticket(turn: Turn, means: Means) -> Outcome:
    return with_ticket(turn, means, urge)


def urge(session: Session, turn: Turn, means: Means, ticket: Ticket) -> Outcome:
    urged = follow_up.urge(session, ticket.number, now=means.clock(), text=turn.words)
    if not urged.counted:
        due = in_words(ticket.resolve_by)
        reply = means.wording.say("urged_lately", number=ticket.number, resolve_by=due)
        return Outcome((reply,))
    reply = means.wording.say("urged", number=ticket.number, count=urged.ticket.urges)
    return Outcome((reply,))


def withdraw_ticket(turn: Turn, means: Means) -> Outcome:
    return with_ticket(turn, means, ask_withdrawal)


def ask_withdrawal(session: Session, turn: Turn, means: Means, ticket: Ticket) -> Outcome:
    """Withdrawing is asked back once; “确定撤销” right after does it."""
    offer = last_offer(session, turn.conversation, means.vault, means.clock())
    asked = offer.about if offer and offer.kind is OfferKind.WITHDRAW else {}
    if asked.get("number") == ticket.number and asked.get("message") != turn.message:
        return withdraw_ticket_now(session, turn, means, ticket.number)
    if ticket.status not in OPEN:
        raise TicketError(ticket.number)
    about = Offer(OfferKind.WITHDRAW, {"number": ticket.number, "message": turn.message})
    make_offer(session, turn.conversation, about, means.vault, means.clock())
    fields = {"number": ticket.number, "title": ticket.title}
    return Outcome((means.wording.say("confirm_withdrawal", **fields),))


def withdraw_ticket_now(session: Session, turn: Turn, means: Means, number: str) -> Outcome:
    withdraw_offer(session, turn.conversation)
    try:
        follow_up.withdraw(session, number, now=means.clock())
    except TicketError:
        ticket = by_number(session, number)
        status = STATUS_NAMES[ticket.status] if ticket else ""
        return Outcome((means.wording.say("cannot_change", number=number, status=status),))
    return Outcome((means.wording.say("withdrawn", number=number),))


def rate_ticket(turn: Turn, means: Means) -> Outcome:
    return with_ticket(turn, means, rate)


def rate(session: Session, turn: Turn, means: Means, ticket: Ticket) -> Outcome:
    """Stars by the words; two or fewer without a reason are asked for one."""
    if ticket.status not in SETTLED:
        status = STATUS_NAMES[ticket.status]
        reply = means.wording.say("not_yet_ratable", number=ticket.number, status=status)
        return Outcome((reply,))
    stars = next((n for n, words in STARS if words.search(turn.text)), None)
    if stars is None:
        return Outcome((means.wording.say("ask_rating", number=ticket.number),))
    if stars <= follow_up.BAD_STARS and len(HAN.findall(turn.text)) < 8:
        about = {"number": ticket.number, "stars": stars}
        offer = Offer(OfferKind.REASON, about)
        make_offer(session, turn.conversation, offer, means.vault, means.clock())
        return Outcome((means.wording.say("ask_reason"),), continue_with=OPEN_QUESTION)
    return rated(session, turn, means, ticket.number, stars)


def rated(session: Session, turn: Turn, means: Means, number: str, stars: int) -> Outcome:
    bad = stars <= follow_up.BAD_STARS
    follow_up.rate(
        session,
        number,
        stars,
        now=means.clock(),
        rules=means.rules,
        calendar=means.calendar,
        reason=turn.words if bad else "",
        key=f"rating:{turn.message}",
    )
    return Outcome((means.wording.say("rated_bad" if bad else "rated", number=number),))


def take_answer(turn: Turn, means: Means) -> Outcome:
    """The words after an open question: an addition, or the reason of a bad rating."""
    with means.sessions.begin() as session:
        offer = last_offer(session, turn.conversation, means.vault, means.clock())
        unset = {"open_answer": None}
        if offer is None or offer.kind not in {OfferKind.ADDITION, OfferKind.REASON}:
            return Outcome((means.wording.say("nothing_offered"),), slots=unset)
        withdraw_offer(session, turn.conversation)
        if read(turn).cancels:
            return Outcome((means.wording.say("nothing_offered"),), slots=unset)
        number = str(offer.about["number"])
        try:
            if offer.kind is OfferKind.ADDITION:
                outcome = note(session, turn, means, number)
            else:
                outcome = rated(session, turn, means, number, int(offer.about["stars"]))
        except TicketError:
            ticket = by_number(session, number)
            status = STATUS_NAMES[ticket.status] if ticket else ""
            reply = means.wording.say("cannot_change", number=number, status=status)
            return Outcome((reply,), slots=unset)
        return replace(outcome, slots=unset)
