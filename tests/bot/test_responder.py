import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from actions.draft import DraftState
from actions.offer import OfferKind
from actions.reply import Button, Reply
from actions.report import take_report
from actions.turn import Location, Turn
from bot.engine import Engine, EngineUnavailable
from bot.responder import ASKS_FOR_IT, READ_BY_ENGINE, Responder, plain
from channels.handling import Heard
from tests.actions.conftest import stage
from tests.actions.stage import Stage, buttons, words

__all__ = ["stage"]

PHONE = "13800000000"
SOMETHING = Reply("好的", (Button("我的工单", "我的工单"),))


class Rasa(Engine):
    """Stands in for Rasa: notes what it is given and answers by a function, or not at all."""

    def __init__(self, answer: Callable[[str], Sequence[Reply]] | None) -> None:
        super().__init__("http://rasa.invalid", "", timeout=1)
        self.answer = answer
        self.given: list[str] = []
        self.parts: list[tuple[int, int] | None] = []
        self.understood: dict[str, str] = {}

    async def respond(
        self, conversation: str, text: str, message: int, part: tuple[int, int] | None = None
    ) -> list[Reply]:
        self.given.append(text)
        self.parts.append(part)
        if self.answer is None:
            raise EngineUnavailable("ConnectError")
        return list(self.answer(text))

    async def parse(self, text: str) -> dict[str, Any]:
        if self.answer is None:
            raise EngineUnavailable("ConnectError")
        intent = next((name for words, name in self.understood.items() if words in text), "")
        return {
            "intent": {"name": intent, "confidence": 0.9},
            "category": [{"name": intent, "confidence": 0.9}],
        }


def respond(stage: Stage, rasa: Rasa, turn: Turn) -> Sequence[Reply]:
    heard = Heard(turn.message, turn.channel, turn.conversation, turn.said)
    responder = Responder(rasa, stage.means, resume_after=timedelta(hours=6))
    return asyncio.run(responder(heard))


@pytest.fixture
def rasa() -> Rasa:
    return Rasa(lambda text: [SOMETHING])


def test_an_emergency_is_answered_before_rasa_sees_it(stage: Stage, rasa: Rasa) -> None:
    (reply,) = respond(stage, rasa, stage.said("我家着火了！"))
    assert reply.urgent
    assert reply.calls[0].number == "119"
    assert rasa.given == []


def test_an_emergency_is_answered_while_rasa_is_away_and_in_a_report(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    before = stage.draft()
    (reply,) = respond(stage, Rasa(None), stage.said("有人晕倒了，叫不醒"))
    assert reply.calls[0].number == "120"
    assert stage.draft() == before


def test_after_an_alarm_the_words_are_kept_for_a_report(stage: Stage, rasa: Rasa) -> None:
    (reply,) = respond(stage, rasa, stage.said("我家着火了！"))
    assert [button.text for button in reply.buttons] == ["没有危险，登记这件事"]
    offer = stage.offer()
    assert offer is not None
    assert offer.about["words"] == "我家着火了！"


def test_words_about_oneself_are_kept_for_no_report(stage: Stage, rasa: Rasa) -> None:
    (reply,) = respond(stage, rasa, stage.said("我不想活了"))
    assert reply.urgent
    assert not reply.buttons
    assert stage.offer() is None


def test_a_warning_goes_out_though_it_cannot_be_kept(stage: Stage, rasa: Rasa) -> None:
    with stage.means.sessions.begin() as session:
        session.execute(text("DROP TABLE offers"))
    (reply,) = respond(stage, rasa, stage.said("我家着火了！"))
    assert reply.calls[0].number == "119"


def test_talk_about_danger_is_no_emergency(stage: Stage, rasa: Rasa) -> None:
    respond(stage, rasa, stage.said("消防通道被占，担心以后着火"))
    assert rasa.given


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("/restart", "restart"),
        ("//greet", "greet"),
        ("/ /greet", "greet"),
        (" /greet{}", "greet{}"),
        ("每天9/10点 开始", "每天9/10点 开始"),
    ],
)
def test_a_leading_slash_names_no_intent_and_no_other_is_touched(said: str, given: str) -> None:
    assert plain(said) == given


def test_rasa_is_given_the_plain_text(stage: Stage, rasa: Rasa) -> None:
    respond(stage, rasa, stage.said("/ /restart"))
    assert rasa.given == ["restart"]


def test_the_name_of_an_article_asks_what_it_says(stage: Stage, rasa: Rasa) -> None:
    respond(stage, rasa, stage.said("《图书借阅办法》第三条"))
    assert rasa.given == [ASKS_FOR_IT]


def test_rasa_sees_no_phone_and_no_more_than_it_reads(stage: Stage, rasa: Rasa) -> None:
    respond(stage, rasa, stage.said(f"电话{PHONE}，" + "".join(f"{n}号灯" for n in range(1000))))
    assert PHONE not in rasa.given[0]
    assert len(rasa.given[0]) == READ_BY_ENGINE


def test_without_rasa_a_resident_is_answered_all_the_same(stage: Stage) -> None:
    assert respond(stage, Rasa(None), stage.said("借书证怎么办"))[0].citations


def test_without_rasa_a_report_is_kept(stage: Stage) -> None:
    said = words(respond(stage, Rasa(None), stage.said("清河苑5号楼一楼大厅一直在漏水")))
    assert stage.tickets()[0].number in said


# Pictures and places without words


def test_a_picture_before_any_words_waits_for_the_report(stage: Stage, rasa: Rasa) -> None:
    (reply,) = respond(stage, rasa, stage.said(images=("a.jpg",)))
    assert "照片收到" in reply.text
    stage.tell("清河苑5号楼楼道的灯坏了三天", "report_problem")
    assert stage.draft().images == ("a.jpg",)
    assert rasa.given == []


def test_a_place_before_any_words_waits_for_the_report(stage: Stage, rasa: Rasa) -> None:
    (reply,) = respond(stage, rasa, stage.said(location=Location(39.9, 116.4, "清河苑东门")))
    assert "位置收到" in reply.text
    stage.tell("路灯坏了三天没人修", "report_problem")
    assert stage.draft().where == "清河苑东门"


def test_a_second_picture_joins_the_first(stage: Stage, rasa: Rasa) -> None:
    respond(stage, rasa, stage.said(images=("a.jpg",)))
    respond(stage, rasa, stage.said(images=("b.jpg",)))
    assert stage.draft().images == ("a.jpg", "b.jpg")


def test_a_picture_in_a_report_is_attached_and_the_question_asked_again(
    stage: Stage, rasa: Rasa
) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    said = words(respond(stage, rasa, stage.said(images=("a.jpg",))))
    assert "已经附上" in said
    assert "在哪里" in said


def test_a_picture_of_today_does_not_go_into_a_report_left_lying(stage: Stage, rasa: Rasa) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    stage.wait(days=3)
    respond(stage, rasa, stage.said(images=("a.jpg",)))
    draft = stage.draft()
    assert draft.what == ""
    assert draft.images == ("a.jpg",)


# A report left lying


def left_lying(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    stage.in_report = False
    stage.wait(hours=7)


def test_after_a_pause_the_report_is_offered_once(stage: Stage, rasa: Rasa) -> None:
    left_lying(stage)
    first = respond(stage, rasa, stage.said("你好"))
    assert "有一堆垃圾一直没人清理" in first[-1].text
    assert buttons(first[-1]) == ["继续上次的", "不报了"]
    assert first[0] == Reply("好的")  # one choice at a time
    offer = stage.offer()
    assert offer is not None
    assert offer.kind is OfferKind.RESUME
    assert respond(stage, rasa, stage.said("你好")) == [SOMETHING]


def test_before_the_pause_is_over_nothing_is_offered(stage: Stage, rasa: Rasa) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    stage.wait(hours=5)
    assert respond(stage, rasa, stage.said("你好")) == [SOMETHING]


def test_a_message_that_goes_on_with_the_report_is_not_offered_it(stage: Stage) -> None:
    left_lying(stage)
    turn = stage.said("继续上次的", "resume")
    rasa = Rasa(lambda text: take_report(turn, stage.means).replies)
    replies = respond(stage, rasa, turn)
    assert "接着报" not in words(replies)


def test_a_question_after_which_the_form_asks_again_is_followed_by_no_offer(
    stage: Stage,
) -> None:
    left_lying(stage)
    stage.in_report = True
    turn = stage.said("借书证怎么办", "ask_policy", interrupted=True)
    rasa = Rasa(lambda text: take_report(turn, stage.means).replies)
    replies = respond(stage, rasa, turn)
    assert "在哪里" in words(replies)
    assert "接着报" not in words(replies)


def test_a_message_that_drops_the_report_is_not_offered_it(stage: Stage) -> None:
    left_lying(stage)
    stage.in_report = True
    turn = stage.said("不报了", "cancel")
    rasa = Rasa(lambda text: stage.through_form(turn).replies)
    assert "接着报" not in words(respond(stage, rasa, turn))
    assert stage.draft().state is DraftState.CANCELLED


TWO = "楼道的路灯坏了，顺便问下居住证怎么办"


def test_two_wants_are_answered_one_after_the_other(stage: Stage, rasa: Rasa) -> None:
    rasa.understood = {"居住证": "ask_policy", "路灯": "report_problem"}
    respond(stage, rasa, stage.said(TWO))
    assert rasa.given == ["楼道的路灯坏了", "问下居住证怎么办"]
    assert [TWO[slice(*part)] for part in rasa.parts if part] == rasa.given


def test_a_message_with_one_want_is_told_whole(stage: Stage, rasa: Rasa) -> None:
    rasa.understood = {"路灯": "report_problem", "没人修": "report_problem"}
    respond(stage, rasa, stage.said("楼道的路灯坏了，另外就是一直没人修"))
    assert rasa.parts == [None]


def test_a_question_asked_twice_is_heard_once_at_the_end(stage: Stage) -> None:
    where = Reply("在哪里呢？")
    answers = {True: [Reply("记下了。\n在哪里呢？")], False: [Reply("办法是…"), where]}
    rasa = Rasa(lambda text: answers["路灯" in text])
    rasa.understood = {"居住证": "ask_policy", "路灯": "report_problem"}
    replies = respond(stage, rasa, stage.said(TWO))
    assert [reply.text for reply in replies] == ["记下了。", "办法是…", "在哪里呢？"]


def test_a_second_report_waits_for_the_first(stage: Stage, rasa: Rasa) -> None:
    stage.tell("楼道的路灯坏了", "report_problem")
    rasa.understood = {"我的工单": "ask_ticket_status", "门禁": "report_violation"}
    said = "我的工单办到哪了，另外楼上有人把门禁砸坏了"
    replies = respond(stage, rasa, stage.said(said))
    assert rasa.given == ["我的工单办到哪了"]
    assert "门禁砸坏" in replies[-1].text
    assert [w.text for w in stage.draft().waiting] == ["楼上有人把门禁砸坏了"]


def test_without_rasa_two_wants_are_kept_as_one(stage: Stage) -> None:
    respond(stage, Rasa(None), stage.said("清河苑5号楼的路灯坏了，另外想问居住证怎么办"))
    (ticket,) = stage.tickets()
    assert "居住证" in ticket.description


def test_a_new_wording_of_what_was_filed_does_not_reach_rasa(stage: Stage, rasa: Rasa) -> None:
    ticket = stage.file("清河苑5号楼楼道的灯坏了三天")
    turn = stage.said("清河苑6号楼楼道的灯坏了三天")
    edited = replace(turn, said=replace(turn.said, edited=True))
    assert ticket.number in words(respond(stage, rasa, edited))
    assert rasa.given == []
    respond(stage, rasa, replace(edited, message=turn.message + 1, said=turn.said))
    assert len(rasa.given) == 1
