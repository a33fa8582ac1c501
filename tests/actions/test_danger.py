from actions.danger import RELATED, remember_danger
from actions.draft import DraftState, Step
from actions.report import take_report
from actions.take_up import take_up
from tests.actions.stage import Stage

ALARM = "快来人，桂花苑3号楼楼道里冒烟了，昨晚十点开始的"


def alarm(stage: Stage, text: str = ALARM) -> None:
    remember_danger(stage.conversation, text, stage.means)


def test_the_button_makes_a_report_of_what_was_said(stage: Stage) -> None:
    (button,) = remember_danger(stage.conversation, ALARM, stage.means)
    outcome = stage.play(take_up, stage.said(button.text, "affirm"))
    assert outcome.continue_with == "report_form"
    draft = stage.draft(DraftState.OPEN)
    assert draft.what == ALARM
    assert draft.where == "桂花苑3号楼"
    assert draft.when == "昨晚十点开始"


def test_the_button_taken_for_a_report_does_the_same(stage: Stage) -> None:
    (button,) = remember_danger(stage.conversation, ALARM, stage.means)
    stage.tell(button.text, "report_problem")
    assert stage.draft().what == ALARM
    assert stage.draft().asked is Step.CONTACT


def test_a_report_soon_afterwards_begins_with_the_alarm(stage: Stage) -> None:
    alarm(stage)
    stage.tell("火灭了，墙熏黑了一大片，没人来收拾", "report_problem")
    assert stage.draft().what == f"{ALARM}\n火灭了，墙熏黑了一大片，没人来收拾"


def test_a_report_long_afterwards_is_a_matter_of_its_own(stage: Stage) -> None:
    alarm(stage)
    stage.wait(seconds=RELATED.total_seconds())
    stage.tell("梅园5号楼的路灯不亮了", "report_problem")
    assert ALARM not in stage.draft().what


def test_run_again_the_turn_keeps_the_alarm_once(stage: Stage) -> None:
    alarm(stage)
    turn = stage.said("火灭了，墙熏黑了一大片", "report_problem")
    stage.play(take_report, turn)
    stage.play(take_report, turn)
    assert stage.draft().what.count(ALARM) == 1


def test_in_the_middle_of_a_report_nothing_is_offered(stage: Stage) -> None:
    stage.tell("有一堆垃圾一直没人清理", "report_problem")
    assert remember_danger(stage.conversation, ALARM, stage.means) == ()
    assert stage.offer() is None
