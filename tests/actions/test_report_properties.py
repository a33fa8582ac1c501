"""Whatever residents say, in whatever order, however often a turn is run and Rasa is away."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from actions.draft import BEGINNINGS, Draft, DraftState, draft_of, latest
from actions.filing import finish_report
from actions.report import take_report
from actions.tables import DraftRow
from actions.tickets.tables import TicketRow
from actions.turn import Location, Means, Turn
from bot.degraded import answer_without_engine
from channels.handling import Heard
from tests.actions.stage import LIGHTING, Stage, staged

STORIES = (
    "楼上的邻居半夜一直拖桌子",
    "门口那堆建筑垃圾半个月没人清，还有人往里倒泔水",
    "快递柜把消防通道堵住了，物业说不归他们管",
    "电梯关门的时候夹过两次小孩，太吓人了",
    "水管裂了往外喷水，地下室已经泡了一半",
    "保洁阿姨说她管不了这一片，让我们一起找你们",
    "清河苑8号楼那边的灯也不亮，电话13700000002也能找到我爱人",
    "不是一家两家的事，是整个单元都这样",
)
FACTS = (
    "清河苑5号楼",
    "云溪家园门口",
    "楼下",
    "大槐树那儿",
    "13800000000",
    "1380000000",
    "我姓王，电话13900000001",
    "匿名",
    "不留电话",
    "请保密",
    "昨天晚上",
)
TURNS_OF_SPEECH = (
    "确认提交",
    "好的",
    "修改",
    "改内容",
    "改地点",
    "改电话",
    "地址错了",
    "地址错了，是5号楼",
    "不是3单元是2单元",
    "电话改成13900000001",
    "电话改成139000",
    "不对",
    "附议",
    "不一样，单独报",
    "取消",
    "算了",
    "继续上次的",
    "我要反映问题",
    "登记工单",
    "借书证怎么办",
    "你好",
    "谢谢",
    "",
    "😀",
    "/restart",
    "LL20261122-0042-0",
)
INTENTS = (
    "",
    "report_problem",
    "complain_about_service",
    "suggest",
    "affirm",
    "deny",
    "correct",
    "give_address",
    "give_contact",
    "ask_policy",
    "cancel",
    "greet",
)
OF_A_STORY = ("", "report_problem", "report_violation", "deny", "affirm", "correct", "give_address")


@dataclass(frozen=True)
class Message:
    text: str
    intent: str = ""
    image: bool = False
    place: bool = False
    twice: bool = False
    away: bool = False

    @property
    def may_confirm(self) -> bool:
        return self.text in ("确认提交", "好的") or self.intent == "affirm"

    @property
    def is_story(self) -> bool:
        return self.text in STORIES


chances = st.integers(0, 5).map(lambda n: n == 0)
others = st.builds(
    Message,
    text=st.sampled_from(FACTS + TURNS_OF_SPEECH) | st.text(max_size=40),
    intent=st.sampled_from(INTENTS),
    image=chances,
    place=chances,
    twice=chances,
    away=chances,
)
stories = st.builds(
    Message,
    text=st.sampled_from(STORIES),
    intent=st.sampled_from(OF_A_STORY),
    image=chances,
    twice=chances,
    away=chances,
)
nearly_filed = [
    Message(STORIES[0], "report_problem"),
    Message("清河苑5号楼", "give_address"),
    Message("不留电话", "give_contact"),
]
confirmations = st.builds(
    Message,
    text=st.sampled_from(["确认提交", "好的"]),
    intent=st.just("affirm"),
    twice=chances,
    away=chances,
)
conversations = st.builds(
    lambda head, tail: [*head, *tail],
    st.sampled_from([[], nearly_filed]),
    st.lists(stories | others | confirmations, min_size=1, max_size=10),
)
numbers = count(1)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("properties")) as stage:
        yield stage


def say(stage: Stage, message: Message) -> None:
    """As Rasa's form and the degraded mode would hear it, and once more where it is repeated."""
    turn = stage.said(
        message.text,
        message.intent,
        category=LIGHTING,
        location=Location(39.9, 116.4) if message.place else None,
        images=("a.jpg",) if message.image else (),
    )
    for _ in range(2 if message.twice else 1):
        hear(stage, turn, message)


def hear(stage: Stage, turn: Turn, message: Message) -> None:
    if message.away and turn.said.text:
        heard = Heard(turn.message, turn.channel, turn.conversation, turn.said)
        assert answer_without_engine(heard, stage.means)
        return
    begins = turn.intent.name in BEGINNINGS or message.is_story
    if not (stage.in_report or begins):
        return
    outcome = stage.through_form(replace(turn, in_report=stage.in_report))
    assert outcome.replies or outcome.declined
    assert all(reply.text.strip() for reply in outcome.replies)
    if outcome.declined:
        again = replace(turn, in_report=True, interrupted=True)
        after = take_report(again, stage.means)
        assert after.replies or "requested_slot" in after.slots


def open_draft(means: Means, conversation: str) -> Draft | None:
    with means.sessions() as session:
        found = latest(session, conversation, means.vault, DraftState.OPEN)
    return found[0] if found else None


def drafts(stage: Stage) -> list[Draft]:
    with stage.means.sessions() as session:
        rows = session.scalars(
            select(DraftRow).where(DraftRow.conversation == stage.conversation)
        ).all()
    return [draft_of(json.loads(stage.means.vault.open(row.sealed))) for row in rows]


def kept_in(stage: Stage) -> str:
    """Everything that is written down of a conversation, in drafts and tickets."""
    tickets = "\n".join(ticket.description for ticket in stage.tickets())
    return "\n".join([*(f"{d.what}\n{d.where}" for d in drafts(stage)), tickets])


def masked(text: str) -> str:
    return text.replace("13700000002", "137****0002")


def begin(shared: Stage) -> Stage:
    shared.conversation = f"web:p{next(numbers)}"
    shared.in_report = False
    return shared


ONE_STAGE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=50, suppress_health_check=ONE_STAGE)
@given(messages=conversations)
@example([Message(STORIES[0], "report_problem"), Message("", image=True), Message("楼下")])
@example(
    [
        Message("清河苑5号楼" + STORIES[0], "report_problem"),
        Message("13800000000"),
        Message("确认提交", "affirm", twice=True, away=True),
        Message("确认提交", "affirm", twice=True),
    ]
)
def test_no_draft_is_filed_twice_and_every_turn_is_answered(
    shared: Stage, messages: list[Message]
) -> None:
    stage = begin(shared)
    agreed = 0
    for message in messages:
        open_before = open_draft(stage.means, stage.conversation) is not None
        say(stage, message)
        agreed += open_before and message.may_confirm
        finish_report(stage.said("确认提交", "affirm"), stage.means)
    filed = [d for d in drafts(stage) if d.state is DraftState.FILED]
    complete = [t for t in stage.tickets() if not t.incomplete]
    assert sorted(d.number for d in filed) == sorted(t.number for t in complete)
    assert len({d.number for d in filed}) == len(filed) <= agreed
    assert all(not d.number for d in drafts(stage) if d.state is DraftState.OPEN)


@settings(max_examples=50, suppress_health_check=ONE_STAGE)
@given(messages=conversations)
def test_no_story_is_lost_whatever_it_is_taken_for(shared: Stage, messages: list[Message]) -> None:
    stage = begin(shared)
    for message in messages:
        say(stage, message)
        if message.is_story:
            assert masked(message.text) in kept_in(stage)


@settings(max_examples=50, suppress_health_check=ONE_STAGE)
@given(messages=conversations)
def test_what_was_told_stays_until_its_correction_is_asked_for(
    shared: Stage, messages: list[Message]
) -> None:
    stage = begin(shared)
    for message in messages:
        before = open_draft(stage.means, stage.conversation)
        say(stage, message)
        after = next((d for d in drafts(stage) if before and d.key == before.key), None)
        if before is None or after is None or message.text == "改内容":
            continue
        assert after.what.startswith(before.what)
        assert set(before.images) <= set(after.images)
        assert not before.confidential or after.confidential


@settings(max_examples=30, suppress_health_check=ONE_STAGE)
@given(messages=conversations)
def test_no_phone_is_kept_in_the_clear(shared: Stage, messages: list[Message]) -> None:
    stage = begin(shared)
    for message in messages:
        say(stage, message)
    finish_report(stage.said("", ""), stage.means)
    with stage.means.sessions() as session:
        rows = session.scalars(
            select(TicketRow).where(TicketRow.conversation == stage.conversation)
        ).all()
        kept = "".join(f"{row.title}{row.description}{row.address}" for row in rows)
    for phone in ("13800000000", "13900000001", "13700000002"):
        assert phone not in kept
        assert phone not in kept_in(stage)
