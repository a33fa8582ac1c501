"""Sitting at the desk: the queue, one conversation at a time, new messages as they arrive."""

import queue as queues
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TextIO

import click

from bot.commands.desk import about, every_line, listing, told
from channels.hotline.desk import Desk
from channels.hotline.handover import Handover, HandoverError, State, found, queue
from channels.hotline.operators import answer, file_ticket, give_back, settle, take_over

LOOKS_EVERY = 1.0
"""Seconds between looks for new messages, and for who has come."""

HELP = """写号码接待一位；直接写字就是回话。
/list 看等候的人　/show 再看一遍对话　/ticket [内容] 登记工单
/back 交还邻里接着办　/close 事情办完了　/leave 先看别的（不交还）　/quit 离开"""


class Session:
    """One operator at work.

    Args:
        say: shows a line.
    """

    def __init__(self, desk: Desk, by: str, say: Callable[[str], None]) -> None:
        self.desk = desk
        self.by = by
        self.say = say
        self.current: int | None = None
        self.seen = 0
        self.waiting: frozenset[int] = frozenset()
        self.urgent: frozenset[int] = frozenset()

    def begin(self) -> None:
        self.say(f"{self.by}，您好。{HELP}")
        self.show_queue()

    def heed(self, line: str) -> bool:
        """Do what a line says; False where the operator leaves."""
        said = line.strip()
        if not said:
            return True
        command, _, rest = said.partition(" ")
        if command == "/quit":
            return False
        try:
            if command in COMMANDS:
                COMMANDS[command](self, rest.strip())
            elif said.startswith("/"):
                self.say(HELP)
            elif self.current is None and said.isdecimal():
                self.take(int(said[:9]))
            else:
                self.reply(said)
        except HandoverError as error:
            self.say(f"做不到：{error}")
        return True

    def look(self) -> None:
        """Show what is new: words in the conversation at hand, people who have come."""
        self.show_new()
        with self.desk.means.reading() as session:
            now_open = queue(session, self.desk.means.vault)
        waiting = frozenset(h.id for h in now_open if h.state is State.WAITING)
        urgent = frozenset(h.id for h in now_open if h.urgent)
        come, alarmed = waiting - self.waiting, urgent - self.urgent
        self.waiting, self.urgent = waiting, urgent
        for number in sorted(alarmed):
            self.say(f"※ 急！{number} 号说到急事，请马上看")
        if come:
            numbers = "、".join(map(str, sorted(come)))
            self.say(f"※ 新来等候：{numbers} 号，一共 {len(waiting)} 人在等")
        if self.current is not None and self.current not in {h.id for h in now_open}:
            self.say(f"※ {self.current} 号会话已经结束")
            self.current = None

    def show_queue(self, _: str = "") -> None:
        with self.desk.means.reading() as session:
            handovers = queue(session, self.desk.means.vault)
        self.waiting = frozenset(h.id for h in handovers if h.state is State.WAITING)
        self.say(listing(handovers, self.desk.means.clock()))

    def take(self, number: int) -> None:
        with self.desk.means.sessions.begin() as session:
            take_over(session, number, self.by, self.desk)
        self.current = number
        self.show()

    def show(self, _: str = "") -> None:
        handover = self.handover()
        self.seen = 0
        self.say("\n".join(about(handover)))
        self.show_new()

    def show_new(self) -> None:
        if self.current is None:
            return
        for line in every_line(self.desk, self.handover(), self.seen):
            self.seen = line.id
            self.say(told(line))

    def reply(self, text: str) -> None:
        with self.desk.means.sessions.begin() as session:
            answer(session, self.at_hand(), self.by, text, self.desk)
        self.show_new()

    def file(self, text: str) -> None:
        with self.desk.means.sessions.begin() as session:
            ticket = file_ticket(session, self.at_hand(), self.by, self.desk, text)
        self.say(f"工单 {ticket.number}")
        self.show_new()

    def give_back(self, _: str) -> None:
        with self.desk.means.sessions.begin() as session:
            give_back(session, self.at_hand(), self.by, self.desk)
        self.done("已交还邻里")

    def close(self, _: str) -> None:
        with self.desk.means.sessions.begin() as session:
            settle(session, self.at_hand(), self.by, self.desk)
        self.done("已结束")

    def leave(self, _: str) -> None:
        self.at_hand()
        self.done("还由您接待，写号码再进来")

    def done(self, how: str) -> None:
        self.say(f"{self.current} 号：{how}")
        self.current = None
        self.show_queue()

    def at_hand(self) -> int:
        if self.current is None:
            raise HandoverError("还没有接待谁，先写一个号码")
        return self.current

    def handover(self) -> Handover:
        with self.desk.means.reading() as session:
            return found(session, self.at_hand(), self.desk.means.vault)


COMMANDS: dict[str, Callable[[Session, str], None]] = {
    "/list": Session.show_queue,
    "/show": Session.show,
    "/ticket": Session.file,
    "/back": Session.give_back,
    "/close": Session.close,
    "/leave": Session.leave,
}


def sit(desk: Desk, by: str) -> None:
    """Work until /quit or the end of the input."""
    session = Session(desk, by, click.echo)
    session.begin()
    for line in lines_of(sys.stdin):
        if line is None:
            session.look()
        elif not session.heed(line):
            return


def lines_of(source: TextIO) -> Iterator[str | None]:
    """Lines as they are written; None whenever a second has gone by without one."""
    written: queues.Queue[str] = queues.Queue()

    def read() -> None:
        while line := source.readline():
            written.put(line)
        written.put("")

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = written.get(timeout=LOOKS_EVERY)
        except queues.Empty:
            yield None
            continue
        if not line:
            return
        yield line
