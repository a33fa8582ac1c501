from dataclasses import replace
from datetime import datetime

import pytest

from actions.draft import Draft, DraftState, Step, new_draft
from actions.reading import read
from actions.taking import INTERLUDES, Taken, located, masked, take, with_addition
from actions.tickets.ticket import Kind
from actions.turn import Guess, Said, Turn
from nlu.clock import SHANGHAI

AT = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)

LAMP = "楼道的灯坏了三天"
NEW = new_draft("web:1", "web", Kind.REQUEST)
AT_WHERE = replace(NEW, what=LAMP).asking()
AT_CONTACT = replace(NEW, what=LAMP, where="清河苑5号楼").asking()
AT_SUMMARY = replace(NEW, what=LAMP, where="清河苑5号楼", no_phone=True).asking()
AT_CATEGORY = replace(NEW, what=LAMP, where="清河苑5号楼", doubtful=True).asking()
AT_SIMILAR = replace(NEW, what=LAMP, where="清河苑5号楼", similar="LL1").asking()


def told(draft: Draft, text: str, intent: str = "", confidence: float = 0.9) -> Taken:
    turn = Turn("web:1", "web", 1, Said(text), Guess(intent, confidence if intent else 0.0), at=AT)
    return take(draft, read(turn))


@pytest.mark.parametrize(("intent", "needed"), sorted(INTERLUDES.items()))
def test_what_comes_between_is_declined_only_where_it_is_sure_enough(
    intent: str, needed: float
) -> None:
    said = "这个要怎么弄"
    assert told(AT_CONTACT, said, intent, needed).declined
    assert not told(AT_CONTACT, said, intent, needed - 0.01).declined


@pytest.mark.parametrize(
    "said",
    ["问下电动车上牌去哪", "哪个窗口办居住证", "居住证哪能补", "《图书借阅办法》第三条"],
)
def test_where_to_go_is_a_question_however_it_is_put(said: str) -> None:
    assert told(AT_CONTACT, said, "ask_policy", 0.9).declined


def test_a_question_that_asks_nothing_is_no_question() -> None:
    assert not told(AT_WHERE, "居住证", "ask_policy").declined


@pytest.mark.parametrize("said", ["13800000000可以吗", "匿名可以吗", "不留电话行吗"])
def test_what_holds_an_answer_is_no_interlude(said: str) -> None:
    taken = told(AT_CONTACT, said, "ask_policy")
    assert not taken.declined
    assert taken.draft.contact_settled


def test_an_address_in_a_doubtful_question_is_an_address() -> None:
    assert told(AT_WHERE, "清河苑5号楼吧？", "ask_policy", 0.5).draft.where == "清河苑5号楼"
    assert told(AT_WHERE, "清河苑5号楼能办居住证吗", "ask_policy", 0.9).declined


@pytest.mark.parametrize("draft", [AT_WHERE, AT_CONTACT, AT_SIMILAR])
def test_only_a_summary_can_be_confirmed(draft: Draft) -> None:
    assert told(draft, "确认提交", "affirm").draft.state is not DraftState.CONFIRMED
    assert told(AT_SUMMARY, "确认提交", "affirm").draft.state is DraftState.CONFIRMED


@pytest.mark.parametrize(
    "said", ["好的，电话13800000000", "对，但是5号楼改成6号楼", "可以，我要匿名"]
)
def test_an_agreement_with_something_new_is_shown_again(said: str) -> None:
    taken = told(AT_SUMMARY, said, "affirm")
    assert taken.draft.state is DraftState.OPEN
    assert taken.draft != AT_SUMMARY


def test_a_doubtful_agreement_confirms_nothing() -> None:
    assert told(AT_SUMMARY, "就那样", "affirm", 0.5).draft.state is DraftState.OPEN
    assert told(AT_SUMMARY, "就那样", "affirm", 0.6).draft.state is DraftState.CONFIRMED


@pytest.mark.parametrize("draft", [NEW, AT_WHERE, AT_CONTACT, AT_SUMMARY, AT_SIMILAR])
def test_everywhere_it_can_be_given_up(draft: Draft) -> None:
    assert told(draft, "取消").draft.state is DraftState.CANCELLED


@pytest.mark.parametrize("draft", [AT_WHERE, AT_SIMILAR, AT_SUMMARY])
def test_a_long_story_gives_nothing_up_and_agrees_to_nothing(draft: Draft) -> None:
    said = "楼下的井盖也碎了，我们一起反映过好几次"
    for intent in ("cancel", "affirm", "deny"):
        assert told(draft, said, intent).draft.state is DraftState.OPEN


def test_the_first_fact_stays_and_the_last_phone_counts() -> None:
    first = told(AT_CONTACT, "13800000000").draft
    assert told(first, "13900000001").draft.phone == "13900000001"
    assert told(AT_SUMMARY, "云溪家园那边一直没有人管这件事情").draft.where == "清河苑5号楼"


def test_a_lone_address_at_the_summary_is_a_new_one() -> None:
    assert told(AT_SUMMARY, "云溪家园2号楼", "give_address").draft.where == "云溪家园2号楼"


def test_before_anything_is_told_nothing_can_be_wrong() -> None:
    taken = told(NEW, "地址错了，水管漏到3号楼去了", "correct")
    assert taken.draft.what == "地址错了，水管漏到3号楼去了"


def test_every_answer_moves_on_or_counts_as_fruitless() -> None:
    for draft in (AT_WHERE, AT_CONTACT, AT_SUMMARY):
        taken = told(draft, "嘎")
        assert taken.draft.tries == 1 or taken.draft.asked is not draft.asked


def test_a_fruitless_answer_is_forgotten_with_the_next_question() -> None:
    vague = told(AT_WHERE, "那边儿").draft
    assert vague.tries == 1
    assert told(vague, "清河苑5号楼").draft.tries == 0


def test_nothing_is_added_twice() -> None:
    once = with_addition(AT_SUMMARY, "二楼也坏了")
    assert with_addition(once, "二楼也坏了") == once


@pytest.mark.parametrize(
    ("where", "nearby", "whole"),
    [
        ("清河苑", "楼下", "清河苑（楼下）"),
        ("清河苑楼下", "楼下", "清河苑楼下"),
        ("清河苑", "", "清河苑"),
        ("", "楼下", "楼下"),
        ("", "", ""),
    ],
)
def test_a_near_place_stands_behind_the_far_one(where: str, nearby: str, whole: str) -> None:
    assert located(where, nearby) == whole


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13800000000", "138****0000"), ("010-66660000", "010*****0000"), ("8888000", "88***00")],
)
def test_a_phone_is_shown_by_its_ends(phone: str, shown: str) -> None:
    assert masked(phone) == shown


def test_the_steps_are_asked_in_order() -> None:
    drafts = (NEW.asking(), AT_WHERE, AT_CATEGORY, AT_SIMILAR, AT_CONTACT, AT_SUMMARY)
    assert [draft.asked for draft in drafts] == [*Step]
