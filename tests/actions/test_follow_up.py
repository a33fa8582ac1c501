import pytest

from actions.follow_up import (
    OPEN_QUESTION,
    add_to_ticket,
    rate_ticket,
    show_ticket,
    take_answer,
    urge_ticket,
    withdraw_ticket,
)
from actions.offer import OfferKind
from actions.tickets.history import history
from actions.tickets.number import check_digit
from actions.tickets.register import contact_of
from actions.tickets.ticket import EventKind, Status, Ticket
from tests.actions.stage import LIGHTING, Stage, buttons, words

PHONE = "13800000000"
UNFIT = "LL20261122-0042-0" if check_digit("202611220042") else "LL20261122-0042-1"


@pytest.fixture
def ticket(stage: Stage) -> Ticket:
    return stage.file()


def two_tickets(stage: Stage) -> tuple[Ticket, Ticket]:
    first = stage.file("清河苑5号楼楼道的灯坏了三天")
    return first, stage.file("云溪家园门口的井盖坏了两天", category="交通")


def notes(stage: Stage, number: str) -> list[str]:
    with stage.means.sessions() as session:
        return [e.text for e in history(session, number) if e.kind is EventKind.NOTED]


def test_asking_with_no_ticket_says_so_and_how_to_begin(stage: Stage) -> None:
    outcome = stage.play(show_ticket, stage.said("我的工单", "ask_ticket_status"))
    assert buttons(outcome.replies[0]) == ["我要反映问题"]


def test_ones_own_ticket_is_shown_whole(stage: Stage, ticket: Ticket) -> None:
    (reply,) = stage.play(show_ticket, stage.said("我的工单", "ask_ticket_status")).replies
    assert reply.ticket is not None
    assert reply.ticket.address == "清河苑5号楼"
    assert "灯坏了" in reply.ticket.title
    assert "待受理" in reply.text


def test_of_several_tickets_the_newest_comes_first_and_three_are_shown(stage: Stage) -> None:
    first, second = two_tickets(stage)
    replies = stage.play(show_ticket, stage.said("我的工单", "ask_ticket_status")).replies
    assert "2张" in replies[0].text
    assert [r.ticket.number for r in replies if r.ticket] == [second.number, first.number]


def test_anothers_ticket_shows_neither_title_nor_address(stage: Stage, ticket: Ticket) -> None:
    stage.conversation = "web:2"
    (reply,) = stage.play(show_ticket, stage.said(ticket.number.lower())).replies
    assert reply.ticket is not None
    assert reply.ticket.number == ticket.number
    assert reply.ticket.address is None
    shown = f"{reply.text}{reply.ticket.title}"
    assert "灯" not in shown
    assert "清河苑" not in shown


def test_a_mistyped_number_is_called_mistyped(stage: Stage) -> None:
    assert "抄错" in words(stage.play(show_ticket, stage.said(f"{UNFIT}到哪了")).replies)


def test_a_number_nobody_has_is_not_found(stage: Stage) -> None:
    number = f"LL20261122-0042-{check_digit('202611220042')}"
    said = words(stage.play(show_ticket, stage.said(number)).replies)
    assert f"查不到单号 {number}" in said


@pytest.mark.parametrize("flow", [urge_ticket, withdraw_ticket, add_to_ticket])
def test_nothing_can_be_done_to_anothers_ticket(stage: Stage, ticket: Ticket, flow: object) -> None:
    stage.conversation = "web:2"
    assert callable(flow)
    outcome = flow(stage.said(f"{ticket.number} 楼上也漏水了"), stage.means)
    assert "查不到" in words(outcome.replies)
    assert not notes(stage, ticket.number)
    assert stage.every_ticket()[0].urges == 0


def test_hurrying_counts_once_within_four_hours(stage: Stage, ticket: Ticket) -> None:
    assert "第1次" in words(stage.play(urge_ticket, stage.said("催一下")).replies)
    assert "刚催过" in words(stage.play(urge_ticket, stage.said("再催一下")).replies)
    assert stage.tickets()[0].urges == 1
    stage.wait(hours=4)
    assert "第2次" in words(stage.play(urge_ticket, stage.said("催一下")).replies)


def test_of_several_open_tickets_one_is_asked_which(stage: Stage) -> None:
    first, second = two_tickets(stage)
    (reply,) = stage.play(urge_ticket, stage.said("催一下")).replies
    assert [b.split()[-1] for b in buttons(reply)] == [second.number, first.number]
    stage.play(urge_ticket, stage.said(buttons(reply)[1]))
    assert {t.number: t.urges for t in stage.tickets()} == {first.number: 1, second.number: 0}


def test_withdrawing_is_asked_back_once(stage: Stage, ticket: Ticket) -> None:
    (asked,) = stage.play(withdraw_ticket, stage.said("撤销工单", "withdraw_ticket")).replies
    assert buttons(asked) == ["确定撤销", "不撤了"]
    assert stage.tickets()[0].status is Status.SUBMITTED
    stage.play(withdraw_ticket, stage.said("确定撤销", "withdraw_ticket"))
    assert stage.tickets()[0].status is Status.WITHDRAWN


def test_the_same_wish_to_withdraw_run_twice_only_asks(stage: Stage, ticket: Ticket) -> None:
    turn = stage.said("撤销工单", "withdraw_ticket")
    assert stage.play(withdraw_ticket, turn) == stage.play(withdraw_ticket, turn)
    assert stage.tickets()[0].status is Status.SUBMITTED


def test_a_wish_to_withdraw_of_yesterday_is_asked_back_again(stage: Stage, ticket: Ticket) -> None:
    stage.play(withdraw_ticket, stage.said("撤销工单", "withdraw_ticket"))
    stage.wait(hours=13)
    stage.play(withdraw_ticket, stage.said("撤销工单", "withdraw_ticket"))
    assert stage.tickets()[0].status is Status.SUBMITTED


def test_what_is_settled_cannot_be_withdrawn(stage: Stage, ticket: Ticket) -> None:
    stage.resolve(ticket.number)
    said = words(stage.play(withdraw_ticket, stage.said("撤销工单")).replies)
    assert "已办结" in said
    assert stage.tickets()[0].status is Status.RESOLVED


def test_an_addition_is_noted_once_however_often_the_turn_runs(
    stage: Stage, ticket: Ticket
) -> None:
    turn = stage.said("补充一下，二楼的灯也坏了", "add_to_ticket")
    stage.play(add_to_ticket, turn)
    stage.play(add_to_ticket, turn)
    assert notes(stage, ticket.number) == ["补充一下，二楼的灯也坏了"]


def test_an_announced_addition_is_asked_for_and_the_next_words_are_it(
    stage: Stage, ticket: Ticket
) -> None:
    outcome = stage.play(add_to_ticket, stage.said("我要补充", "add_to_ticket"))
    assert outcome.continue_with == OPEN_QUESTION
    taken = stage.play(take_answer, stage.said("灯就是三楼那盏", "report_problem"))
    assert taken.slots == {"open_answer": None}
    assert notes(stage, ticket.number) == ["灯就是三楼那盏"]


def test_an_addition_given_up_notes_nothing(stage: Stage, ticket: Ticket) -> None:
    stage.play(add_to_ticket, stage.said("我要补充", "add_to_ticket"))
    stage.play(take_answer, stage.said("算了", "cancel"))
    assert notes(stage, ticket.number) == []


def test_a_phone_in_an_addition_goes_to_the_contact_and_not_into_the_note(
    stage: Stage, ticket: Ticket
) -> None:
    stage.play(add_to_ticket, stage.said(f"补充我的电话是{PHONE}，随时打", "add_to_ticket"))
    assert PHONE not in "".join(notes(stage, ticket.number))
    with stage.means.sessions() as session:
        assert contact_of(session, ticket.number, vault=stage.means.vault).phone == PHONE


def test_what_is_not_settled_cannot_be_rated_yet(stage: Stage, ticket: Ticket) -> None:
    assert "还在办理" in words(stage.play(rate_ticket, stage.said("满意", "rate")).replies)
    assert stage.tickets()[0].rating is None


@pytest.mark.parametrize(
    ("said", "stars"),
    [
        ("非常满意", 5),
        ("5星", 5),
        ("满意", 4),
        ("不错", 4),
        ("一般", 3),
        ("差不多吧", 3),
        ("不太好，跟没来过一个样子", 2),
        ("没修好，晚上照样看不见", 2),
        ("不是很满意，等得太久了点", 2),
        ("非常不满意，根本没有人来", 1),
        ("楼道垃圾都清走了，满意", 4),
        ("等了5分钟就有人来，满意", 4),
    ],
)
def test_stars_are_in_the_words(stage: Stage, ticket: Ticket, said: str, stars: int) -> None:
    stage.resolve(ticket.number)
    stage.play(rate_ticket, stage.said(said, "rate"))
    assert stage.tickets()[0].rating == stars


def test_a_bad_rating_without_a_reason_is_asked_for_one_and_then_reopens(
    stage: Stage, ticket: Ticket
) -> None:
    stage.resolve(ticket.number)
    outcome = stage.play(rate_ticket, stage.said("不满意", "rate"))
    assert outcome.continue_with == OPEN_QUESTION
    assert stage.tickets()[0].rating is None
    stage.play(take_answer, stage.said("灯换了一天又坏了"))
    (rated,) = stage.tickets()
    assert (rated.rating, rated.rating_reason) == (2, "灯换了一天又坏了")
    assert rated.status is Status.REOPENED
    assert rated.supervised


def test_a_bad_rating_with_its_reason_reopens_at_once(stage: Stage, ticket: Ticket) -> None:
    stage.resolve(ticket.number)
    stage.play(rate_ticket, stage.said("不满意，灯换了一天又坏了", "rate"))
    assert stage.tickets()[0].status is Status.REOPENED


def test_a_good_rating_leaves_the_ticket_settled(stage: Stage, ticket: Ticket) -> None:
    stage.resolve(ticket.number)
    stage.play(rate_ticket, stage.said("满意", "rate"))
    assert stage.tickets()[0].status is Status.RESOLVED


def test_the_settled_ticket_is_rated_though_a_newer_one_is_open(stage: Stage) -> None:
    first, second = two_tickets(stage)
    stage.resolve(first.number)
    stage.play(rate_ticket, stage.said("满意", "rate"))
    assert {t.number: t.rating for t in stage.tickets()} == {first.number: 4, second.number: None}


def test_words_after_no_open_question_are_told_so(stage: Stage) -> None:
    outcome = stage.play(take_answer, stage.said("灯换了一天又坏了"))
    assert outcome.slots == {"open_answer": None}
    assert "接着说" in words(outcome.replies)


def test_a_rating_whose_ticket_was_reopened_meanwhile_changes_nothing(
    stage: Stage, ticket: Ticket
) -> None:
    stage.resolve(ticket.number)
    stage.play(rate_ticket, stage.said("不满意", "rate"))
    offer = stage.offer()
    assert offer is not None
    assert offer.kind is OfferKind.REASON
    stage.move(ticket.number, Status.REOPENED)
    said = words(stage.play(take_answer, stage.said("灯换了一天又坏了")).replies)
    assert "重新办理" in said
    assert stage.tickets()[0].rating is None


def test_the_stage_files_what_it_says(ticket: Ticket) -> None:
    assert ticket.category == (LIGHTING,)
