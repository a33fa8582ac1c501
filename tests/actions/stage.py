"""A small stage for the flows: every table, a vault, a clock one can turn, four answers known.

``Stage.tell`` plays the part of Rasa's form rules, so that a report can be told line by line.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.draft import Draft, DraftState, latest
from actions.filing import finish_report
from actions.offer import Offer, last_offer
from actions.policy import answer_policy
from actions.reply import Reply
from actions.report import take_report
from actions.tickets.calendar import WorkingCalendar
from actions.tickets.deadlines import load_rules
from actions.tickets.register import of_conversation
from actions.tickets.tables import TicketRow
from actions.tickets.ticket import Status, Ticket
from actions.turn import Flow, Guess, Location, Means, Outcome, Said, Turn
from actions.vault import Vault
from actions.wording import load_wording
from bot.database import METADATA, open_engine, open_sessions
from knowledge.search import Searcher
from nlu.clock import SHANGHAI
from tests.actions.tickets.desk import Office
from tests.knowledge.corpus import REGIONS
from tests.knowledge.corpus import searcher as small_searcher

FACTS = {
    "community": "云溪街道（示例）",
    "phone": "010-00000000",
    "office_hours": "工作日9:00–17:00",
}
MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
LIGHTING = "城乡建设"


@cache
def searcher() -> Searcher:
    return small_searcher()


class Stage:
    """One conversation with Linli; ``in_report`` is what Rasa's form would know."""

    def __init__(self, means: Means) -> None:
        self.means = means
        self.now = MORNING
        self.conversation = "web:1"
        self.in_report = False
        self.heard: dict[int, Said] = {}
        self.answered: set[int] = set()

    def clock(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def recall(self, session: Session, message: int) -> Said | None:
        return None if message in self.answered else self.heard[message]

    def said(
        self,
        text: str = "",
        intent: str = "",
        confidence: float = 0.9,
        *,
        category: str = "",
        location: Location | None = None,
        images: tuple[str, ...] = (),
        interrupted: bool = False,
    ) -> Turn:
        """The next message of the conversation, a second after the last."""
        self.wait(seconds=1)
        number = len(self.heard) + 1
        self.heard[number] = Said(text, location, images)
        return Turn(
            conversation=self.conversation,
            channel="web",
            message=number,
            said=self.heard[number],
            intent=Guess(intent, confidence if intent else 0.0),
            categories=(Guess(category, 0.8),) if category else (),
            in_report=self.in_report,
            interrupted=interrupted,
            at=self.means.clock(),
        )

    def play(self, flow: Flow, turn: Turn) -> Outcome:
        return flow(turn, self.means)

    def tell(
        self,
        text: str = "",
        intent: str = "",
        confidence: float = 0.9,
        *,
        category: str = "",
        location: Location | None = None,
        images: tuple[str, ...] = (),
    ) -> str:
        """Say something to the report form; what it answers, all replies as one text."""
        turn = self.said(
            text, intent, confidence, category=category, location=location, images=images
        )
        return words(self.through_form(turn).replies)

    def through_form(self, turn: Turn) -> Outcome:
        """Ends the form and finishes the report where Rasa would."""
        outcome = take_report(turn, self.means)
        if outcome.declined:
            return outcome
        self.in_report = "requested_slot" not in outcome.slots
        if self.in_report:
            return outcome
        finished = finish_report(turn, self.means)
        return Outcome((*outcome.replies, *finished.replies), slots=finished.slots)

    def interrupt(self, text: str, intent: str = "ask_policy") -> tuple[Outcome, str]:
        """A question in the middle: what the form makes of it, and what it says afterwards."""
        turn = self.said(text, intent)
        first = take_report(turn, self.means)
        answer_policy(turn, self.means)
        again = Turn(
            turn.conversation,
            turn.channel,
            turn.message,
            turn.said,
            turn.intent,
            in_report=True,
            interrupted=True,
            at=turn.at,
        )
        return first, words(take_report(again, self.means).replies)

    def draft(self, *states: DraftState) -> Draft:
        """The draft written last, of any state where none is named."""
        with self.means.sessions() as session:
            found = latest(session, self.conversation, self.means.vault, *(states or DraftState))
        assert found is not None
        return found[0]

    def offer(self) -> Offer | None:
        with self.means.sessions() as session:
            return last_offer(session, self.conversation, self.means.vault, self.now)

    def tickets(self) -> list[Ticket]:
        with self.means.sessions() as session:
            return of_conversation(session, self.conversation)

    def every_ticket(self) -> Sequence[Ticket]:
        with self.means.sessions() as session:
            return [row.ticket() for row in session.scalars(select(TicketRow))]

    def move(self, number: str, *steps: Status) -> Ticket:
        """An operator's work on a ticket."""
        office = Office(self.means.sessions, self.means.vault, now=self.now)
        return office.take(number, *steps)

    def resolve(self, number: str) -> Ticket:
        return self.move(
            number, Status.ACCEPTED, Status.ASSIGNED, Status.IN_PROGRESS, Status.RESOLVED
        )

    def file(self, text: str = "清河苑5号楼楼道的灯坏了三天", category: str = LIGHTING) -> Ticket:
        """A whole report, from the first words to the ticket."""
        self.tell(text, "report_problem", category=category)
        self.tell("不留电话", "give_contact")
        self.tell("确认提交", "affirm")
        return self.tickets()[0]


def words(replies: Sequence[Reply]) -> str:
    return "\n".join(reply.text for reply in replies)


def buttons(reply: Reply) -> list[str]:
    return [button.text for button in reply.buttons]


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """A stage on a database file of its own."""
    engine = open_engine(f"sqlite:///{folder / 'linli.db'}")
    for metadata in METADATA:
        metadata.create_all(engine)
    holder: list[Stage] = []
    means = Means(
        sessions=open_sessions(engine),
        reading=open_sessions(engine, reads_only=True),
        searcher=searcher,
        recall=lambda session, message: holder[0].recall(session, message),
        wording=load_wording(FACTS),
        vault=Vault(Fernet.generate_key()),
        clock=lambda: holder[0].now,
        rules=load_rules(),
        calendar=WorkingCalendar(),
        regions=REGIONS,
    )
    holder.append(Stage(means))
    try:
        yield holder[0]
    finally:
        engine.dispose()
