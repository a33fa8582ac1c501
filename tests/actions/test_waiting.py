from actions.draft import DraftState, Waiting
from actions.offer import OfferKind
from actions.take_up import take_up
from actions.waiting import put_off
from tests.actions.stage import Stage, words

LIFT = Waiting("电梯老是困人", "report_problem", "城乡建设", 0.8)
SHOP = Waiting("楼下饭店油烟熏得开不了窗", "report_problem", "环境保护", 0.7)


def begin(stage: Stage) -> None:
    stage.tell("清河苑5号楼的路灯坏了", "report_problem", category="城乡建设")


def finish(stage: Stage) -> str:
    stage.tell("不留电话", "deny")
    return stage.tell("确认提交", "affirm")


def test_nothing_waits_for_a_report_that_is_not_there(stage: Stage) -> None:
    assert put_off(stage.conversation, LIFT, stage.means) is None


def test_what_waits_is_offered_once_the_report_is_filed(stage: Stage) -> None:
    begin(stage)
    put_off(stage.conversation, LIFT, stage.means)
    assert "电梯老是困人" in finish(stage)
    offer = stage.offer()
    assert offer is not None
    assert offer.kind is OfferKind.NEXT


def test_the_same_thing_put_off_twice_waits_once(stage: Stage) -> None:
    begin(stage)
    put_off(stage.conversation, LIFT, stage.means)
    put_off(stage.conversation, LIFT, stage.means)
    assert stage.draft().waiting == (LIFT,)


def test_agreeing_begins_the_next_report_with_the_words_that_waited(stage: Stage) -> None:
    begin(stage)
    put_off(stage.conversation, LIFT, stage.means)
    put_off(stage.conversation, SHOP, stage.means)
    finish(stage)
    outcome = stage.play(take_up, stage.said("接着报", "resume"))
    assert outcome.continue_with == "report_form"
    assert "电梯老是困人" in words(outcome.replies)
    draft = stage.draft()
    assert draft.state is DraftState.OPEN
    assert draft.what == "电梯老是困人"
    assert draft.categories[0].name == "城乡建设"
    assert draft.waiting == (SHOP,)


def test_declining_lets_it_go(stage: Stage) -> None:
    begin(stage)
    put_off(stage.conversation, LIFT, stage.means)
    finish(stage)
    stage.play(take_up, stage.said("不用了", "deny"))
    assert stage.offer() is None
    assert stage.draft().state is DraftState.FILED
