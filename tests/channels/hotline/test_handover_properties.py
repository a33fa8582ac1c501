"""Whatever residents, operators, clocks and restarts do: the rules of a handover hold."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from channels.hotline.handover import CHANGES, HandoverError, State, Step
from channels.hotline.operators import answer, file_ticket, give_back, settle
from tests.channels.hotline.hall import Hall, staffed

CONVERSATIONS = st.sampled_from(["web:a", "web:b"])
NAMES = st.sampled_from(["小李", "老王"])
TEXTS = st.sampled_from(
    ["转人工", "阿巴阿巴", "路灯坏了", "不等了", "登记工单", "还要等多久", "没解决", "家里着火了"]
)
ENDS = {"back": give_back, "close": settle}


class Hotlines(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(TemporaryDirectory()))
        self.hall: Hall = self.stack.enter_context(staffed(folder))
        self.states: dict[int, State] = {}
        self.said = 0

    def teardown(self) -> None:
        self.stack.close()

    def handovers(self) -> Iterator[dict[str, Any]]:
        yield from self.hall.house.rows("handovers")

    def try_to(self, work: Any) -> None:
        with suppress(HandoverError):
            self.hall.run(work)

    @rule(conversation=CONVERSATIONS, text=TEXTS)
    def write(self, conversation: str, text: str) -> None:
        held = {row["open_for"]: row["state"] for row in self.handovers()}
        heard = asyncio.run(self.hall.tell(text, conversation))
        self.said += 1
        if text == "家里着火了":
            assert "119" in heard
        elif held.get(conversation) == State.TAKEN:
            assert heard == ""
        elif conversation not in held:
            assert heard

    @rule(number=st.integers(1, 4), by=NAMES)
    def take(self, number: int, by: str) -> None:
        before = {row["id"]: row for row in self.handovers()}
        try:
            self.hall.take(number, by)
        except HandoverError:
            row = before.get(number)
            assert row is None or row["state"] == State.CLOSED or row["taken_by"] != by

    @rule(number=st.integers(1, 4), by=NAMES)
    def reply(self, number: int, by: str) -> None:
        self.try_to(lambda session: answer(session, number, by, "您好", self.hall.desk))

    @rule(number=st.integers(1, 4), by=NAMES)
    def file(self, number: int, by: str) -> None:
        self.try_to(lambda session: file_ticket(session, number, by, self.hall.desk, "灯坏了"))

    @rule(number=st.integers(1, 4), by=NAMES, how=st.sampled_from(sorted(ENDS)))
    def end(self, number: int, by: str, how: str) -> None:
        self.try_to(lambda session: ENDS[how](session, number, by, self.hall.desk))

    @rule(minutes=st.sampled_from([1, 11, 31, 600]))
    def wait(self, minutes: int) -> None:
        self.hall.wait(minutes=minutes)
        self.hall.look()

    @rule()
    def restart(self) -> None:
        self.hall.restart()

    @precondition(lambda self: self.states)
    @invariant()
    def states_change_only_as_allowed(self) -> None:
        for row in self.handovers():
            before, now = self.states.get(row["id"]), State(row["state"])
            if before is not None and before is not now:
                assert now in CHANGES[before]

    @invariant()
    def a_conversation_has_one_open_handover_at_most(self) -> None:
        rows = list(self.handovers())
        open_ones = [row["conversation"] for row in rows if row["state"] != State.CLOSED]
        assert len(open_ones) == len(set(open_ones))
        for row in rows:
            assert (row["open_for"] is None) == (row["state"] == State.CLOSED)
            assert (row["closed"] is None) == (row["state"] != State.CLOSED)
            assert row["state"] != State.TAKEN or row["taken_by"]
        self.states = {row["id"]: State(row["state"]) for row in rows}

    @invariant()
    def every_step_is_written_once(self) -> None:
        for row in self.handovers():
            steps = [event.step for event in self.hall.events(row["id"])]
            assert steps[0] is Step.BEGAN
            assert steps.count(Step.TAKEN) == (row["taken"] is not None)
            assert steps.count(Step.ENDED) == (row["state"] == State.CLOSED)
            assert steps.count(Step.FILED) <= 1
            assert row["state"] != State.CLOSED or steps[-1] is Step.ENDED

    @invariant()
    def nothing_written_is_lost(self) -> None:
        lines = self.hall.house.rows("transcript")
        assert [line["speaker"] for line in lines].count("resident") == self.said
        assert {row["state"] for row in self.hall.house.rows("inbound")} <= {"answered"}


HotlinesTest = Hotlines.TestCase
HotlinesTest.settings = settings(
    max_examples=8,
    stateful_step_count=20,
    suppress_health_check=list(HealthCheck),
)
