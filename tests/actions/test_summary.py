from dataclasses import replace

import pytest

from actions.draft import Draft, new_draft
from actions.reply import Button, Citation, Reply, TicketCard
from actions.summary import ask, lead_in, summarise
from actions.taking import Line
from actions.tickets.ticket import Kind
from actions.turn import Guess, Location
from actions.wording import load_wording
from tests.actions.stage import FACTS, buttons

WORDING = load_wording(FACTS)
DRAFT = new_draft(
    "web:1",
    "web",
    Kind.COMPLAINT,
    what="楼道的灯坏了三天",
    where="清河苑5号楼",
    when="昨天晚上",
    name="王",
    phone="13800000000",
    images=("a.jpg",),
    categories=(Guess("城乡建设", 0.8),),
)


def said(**changed: object) -> str:
    return summarise(replace(DRAFT, **changed), WORDING).text  # type: ignore[arg-type]


def test_the_summary_says_all_that_will_be_filed() -> None:
    text = said()
    for part in ("灯坏了", "投诉", "清河苑5号楼", "昨天晚上", "王 138****0000", "1张", "城乡建设"):
        assert part in text
    assert "13800000000" not in text


def test_the_summary_is_confirmed_amended_or_given_up() -> None:
    assert buttons(summarise(DRAFT, WORDING)) == ["确认提交", "修改", "取消"]


def test_what_is_not_known_is_no_empty_line() -> None:
    text = said(when="", images=(), categories=())
    assert "时间" not in text
    assert "照片" not in text
    assert "分类" not in text


def test_a_guess_that_is_not_sure_is_not_shown() -> None:
    assert "分类" not in said(categories=(Guess("城乡建设", 0.49),))


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"anonymous": True}, "联系：匿名"),
        ({"phone": "", "no_phone": True}, "联系：不留电话"),
        ({"confidential": True}, "138****0000（保密）"),
        ({"where": "", "location": Location(39.9, 116.4, "东门")}, "地点：东门"),
        ({"where": "", "location": Location(39.9, 116.4)}, "地点：您发来的位置"),
        ({"where": "", "nearby": "楼下"}, "地点：楼下"),
        ({"where": ""}, "地点：没有具体地点"),
    ],
)
def test_who_and_where_in_words(changed: dict[str, object], shown: str) -> None:
    assert shown in said(**changed)


@pytest.mark.parametrize(
    ("intent", "question"),
    [
        ("report_problem", "什么事"),
        ("praise", "表扬谁"),
        ("suggest", "什么建议"),
        ("book_service", "约什么服务"),
    ],
)
def test_what_is_asked_in_the_words_of_the_intent(intent: str, question: str) -> None:
    draft: Draft = replace(DRAFT, what="", intent=intent).asking()
    assert question in ask(draft, WORDING).text


def test_lines_before_a_reply_lose_nothing_of_it() -> None:
    following = Reply(
        "在哪里呢？", (Button("a", "a"),), (Citation("法"),), TicketCard("LL1", "待受理", "灯")
    )
    whole = lead_in((Line("added"), Line("changed_what")), WORDING, following)
    assert whole.text.splitlines() == ["补充上了。", "内容改好了。", "在哪里呢？"]
    assert (whole.buttons, whole.citations) == (following.buttons, following.citations)
    assert whole.ticket == following.ticket
