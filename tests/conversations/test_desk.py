"""A conversation comes to a person and goes back to Linli, with real Rasa behind it."""

from typing import Any

import pytest

from tests.conversations.conftest import DESK_TOKEN, Running, Talk

pytestmark = pytest.mark.rasa

BY = {"by": "3号坐席"}


class Operator:
    """At the desk of a running service, by its API."""

    def __init__(self, linli: Running) -> None:
        self.http = linli.http
        self.headers = {"Authorization": f"Bearer {DESK_TOKEN}"}

    def look(self, path: str) -> dict[str, Any]:
        answer = self.http.get(f"/hotline/api/{path}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def do(self, number: int, what: str, **more: str) -> None:
        path = f"/hotline/api/handovers/{number}/{what}"
        answer = self.http.post(path, json={**BY, **more}, headers=self.headers)
        assert answer.status_code == 200, answer.text

    def waiting(self, words: str) -> int:
        """The number of the one that waits and wants this."""
        waiting = self.look("queue")["waiting"]
        [number] = [h["id"] for h in waiting if words in "".join(h["summary"].values())]
        return int(number)

    def said(self, number: int) -> list[tuple[str, str]]:
        lines = self.look(f"handovers/{number}/lines")["lines"]
        return [(line["from"], line["text"]) for line in lines]


def test_a_report_goes_on_where_a_person_left_it(linli: Running) -> None:
    operator, talk = Operator(linli), linli.talk()
    assert "电话" in talk.hear("樱花里小区3号楼的单元门关不上")
    assert "工作人员会在这里回复您" in talk.hear("转人工")
    number = operator.waiting("樱花里小区")
    assert "转给工作人员" in talk.hear("晚上有陌生人进来")
    assert talk.write("我有点怕") == []
    operator.do(number, "take")
    operator.do(number, "replies", text="您好，门是从哪天坏的？")
    assert talk.write("上周三") == []
    assert "119" in talk.hear("哎呀楼道着火了")
    operator.do(number, "back")
    assert operator.look(f"handovers/{number}")["urgent"]
    speaker, last = operator.said(number)[-1]
    assert speaker == "linli"
    assert "我们接着刚才的" in last
    assert "留个电话" in last
    assert "樱花里小区3号楼" in talk.hear("不留电话")
    assert talk.say("确认提交")[0]["ticket"]["number"]


def test_three_questions_in_vain_lead_to_a_person_and_a_ticket_may_be_had_instead(
    linli: Running,
) -> None:
    operator, talk = Operator(linli), linli.talk()
    for question in ("请问龙王庙会哪天开？", "请问老槐树有多少年了？"):
        assert "转人工" in buttons_of(talk, question)
    heard = talk.hear("请问玉兰书画社在几楼上课？")
    assert "一连几次没帮上您" in heard
    number = operator.waiting("请问玉兰书画社在几楼上课？")
    assert talk.hear("登记工单")
    assert operator.look(f"handovers/{number}")["ending"] == "ticket"
    assert "请您核对" in talk.hear("不留电话")


def buttons_of(talk: Talk, text: str) -> list[str]:
    return [button["title"] for reply in talk.say(text) for button in reply.get("buttons", [])]
