"""A hotline in small: a house with every table, a desk, residents who write and operators."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from actions.draft import Draft, DraftState, Step, latest, new_draft, save
from actions.offer import Offer, last_offer
from actions.reply import Citation, Reply, Signal
from actions.tickets.calendar import WorkingCalendar
from actions.tickets.deadlines import load_rules
from actions.tickets.register import of_conversation
from actions.tickets.ticket import Kind, Ticket
from actions.turn import Guess, Means
from actions.vault import Vault
from actions.wording import load_wording
from bot.database import METADATA, open_engine, open_sessions
from channels.gateway import Gateway
from channels.handling import Heard
from channels.hearing import recall
from channels.hotline.desk import Desk
from channels.hotline.handover import Handover, HandoverEvent, State, ended, events, queue
from channels.hotline.hotline import Hotline
from channels.hotline.hours import OfficeHours, Shift
from channels.hotline.lookout import look_once
from channels.hotline.operators import Line, lines, take_over
from channels.tables import Late
from nlu.clock import SHANGHAI
from tests.actions.stage import searcher
from tests.channels.house import FACTS, LIMIT, House, arrival

MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)  # a Monday
EVENING = datetime(2026, 11, 23, 20, 0, tzinfo=SHANGHAI)
SHIFTS = (Shift(days="workdays", opens="9:00", closes="17:00"),)
OTHER_WANT = "办好"

SIGNALS = {
    "转人工": Signal.PERSON,
    "找记者": Signal.RULE,
    "阿巴阿巴": Signal.MISSED,
    "没解决": Signal.UNSOLVED,
    "放首歌": Signal.NOT_OURS,
}


async def respond(heard: Heard) -> Sequence[Reply]:
    """Stands for Linli: a signal for every saying above, and a word for everything else."""
    text = heard.said.text
    if text == "出错":
        raise RuntimeError
    signal = next((s for words, s in SIGNALS.items() if words in text), None)
    first = (Reply(f"这件{OTHER_WANT}了"),) if OTHER_WANT in text else ()
    if "着火了" in text:
        return (replace(Reply("请打119", urgent=True), buttons=ASK.buttons),)
    citations = (Citation("《条例》"),) if "依据" in text else ()
    return (*first, Reply(f"答：{text}", citations=citations, signal=signal))


ASK = load_wording(FACTS).say("emergency_after")


@dataclass
class Hall:
    house: House
    means: Means
    desk: Desk
    hotline: Hotline
    gateway: Gateway
    sent: int = 0
    conversations: set[str] = field(default_factory=set)

    def wait(self, **time: float) -> None:
        self.house.now += timedelta(**time)

    async def tell(self, text: str, conversation: str = "web:a", late: Late = Late.WAIT) -> str:
        """What the resident hears, all replies as one text; they write a second after the last."""
        self.sent += 1
        message = arrival(text, str(self.sent), conversation=conversation, late=late)
        answer = await self.gateway.receive(message)
        assert not any(reply.signal for reply in answer.replies)
        return "\n".join(reply.text for reply in answer.replies)

    def restart(self) -> None:
        """The process ends and another begins."""
        self.gateway = gateway_of(self.house, self.hotline)

    def say(self, key: str, **fields: object) -> str:
        return self.means.wording.text(key, **fields)

    def queue(self) -> list[Handover]:
        with self.means.reading() as session:
            return queue(session, self.means.vault)

    def waiting(self) -> list[int]:
        return [handover.id for handover in self.queue() if handover.state is State.WAITING]

    def last(self) -> Handover:
        """The handover that ended last."""
        with self.means.reading() as session:
            return ended(session, self.means.vault)[0]

    def events(self, number: int) -> Sequence[HandoverEvent]:
        with self.means.reading() as session:
            return events(session, number)

    def take(self, number: int = 1, by: str = "小李") -> None:
        with self.means.sessions.begin() as session:
            take_over(session, number, by, self.desk)

    def run(self, work: Callable[[Session], object]) -> object:
        """An operator's work, in a transaction of its own."""
        with self.means.sessions.begin() as session:
            return work(session)

    def lines(self, handover: Handover | None = None) -> list[Line]:
        with self.means.reading() as session:
            return lines(session, handover or self.queue()[0], self.desk)

    def last_line(self, conversation: str = "web:a") -> str:
        return self.house.said(conversation)[-1][1]

    def look(self) -> int:
        return look_once(self.desk)

    def begin_report(self, conversation: str = "web:a") -> None:
        """A report of which nothing is missing but where."""
        draft = new_draft(
            conversation,
            "web",
            Kind.REQUEST,
            what="路灯坏了三天，我电话13812345678",
            phone="13812345678",
            categories=(Guess("城乡建设", 0.9),),
            intent="report_problem",
        ).asking()
        assert draft.asked is Step.WHERE
        self.run(lambda session: save(session, draft, self.means.vault, self.house.now))

    def draft(self, conversation: str = "web:a") -> Draft:
        with self.means.reading() as session:
            found = latest(session, conversation, self.means.vault, *DraftState)
        assert found is not None
        return found[0]

    def offer(self, conversation: str = "web:a") -> Offer | None:
        with self.means.reading() as session:
            return last_offer(session, conversation, self.means.vault, self.house.now)

    def tickets(self, conversation: str = "web:a") -> list[Ticket]:
        with self.means.reading() as session:
            return of_conversation(session, conversation)


def gateway_of(house: House, hotline: Hotline) -> Gateway:
    return Gateway(
        house.sessions,
        hotline,
        vault=house.vault,
        wording=house.wording,
        clock=house.clock,
        message_limit=LIMIT,
        stop=hotline.stop,
    )


@contextmanager
def staffed(folder: Path, url: str = "") -> Iterator[Hall]:
    """A hall on an empty database, or on a file of its own, on a Monday at ten."""
    engine = open_engine(url or f"sqlite:///{folder / 'linli.db'}")
    for metadata in METADATA:
        metadata.create_all(engine)
    vault = Vault(Fernet.generate_key())
    house = House(open_sessions(engine), vault, load_wording(FACTS), now=MORNING)
    means = Means(
        sessions=house.sessions,
        reading=open_sessions(engine, reads_only=True),
        searcher=searcher,
        recall=lambda session, message: recall(session, message, vault),
        wording=house.wording,
        vault=vault,
        clock=house.clock,
        rules=load_rules(),
        calendar=WorkingCalendar(),
        regions=("全国",),
    )
    desk = Desk(
        means=means,
        hours=OfficeHours(SHIFTS, means.calendar),
        waits_at_most=timedelta(minutes=10),
        silent_after=timedelta(minutes=30),
        failures=3,
    )
    hotline = Hotline(desk, respond)
    try:
        yield Hall(house, means, desk, hotline, gateway_of(house, hotline))
    finally:
        if url:
            for metadata in METADATA:
                metadata.drop_all(engine)
        engine.dispose()
