import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.wants import MOST, Want, are_two, cuts, trim


def pieces(text: str) -> list[tuple[str, str]]:
    return [(text[: cut.at], text[cut.at :]) for cut in cuts(text)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("路灯坏了三天了，顺便问下居住证怎么办", "路灯坏了三天了，"),
        ("路灯坏了三天了顺便问下居住证怎么办", "路灯坏了三天了"),
        ("我的工单到哪了？楼下下水道又堵了", "我的工单到哪了？"),
        ("小赵师傅修水管特别好，我还想问问公积金怎么提", "小赵师傅修水管特别好，"),
        ("电梯老是困人，还有个事，物业费凭啥涨", "电梯老是困人，"),
    ],
)
def test_a_message_may_fall_in_two_where_something_new_begins(text: str, first: str) -> None:
    assert first in [before for before, _ in pieces(text)]


@pytest.mark.parametrize("text", ["路灯坏了", "顺便问下居住证怎么办", "另外，还有", "", "。。"])
def test_a_message_without_two_sides_is_left_whole(text: str) -> None:
    assert pieces(text) == []


def test_in_a_long_letter_only_a_word_that_says_so_begins_something_new() -> None:
    letter = "小区北门的路面坑坑洼洼很久了。" * 20
    assert cuts(letter) == ()
    assert [cut.marked for cut in cuts(f"{letter}另外想咨询老年卡怎么办理。")] == [True]


@given(st.text(alphabet="灯坏了顺便问另外还有。，？ 怎么办a1", max_size=300))
def test_every_cut_lies_within_and_leaves_words_on_both_sides(text: str) -> None:
    found = cuts(text)
    assert len(found) <= MOST
    assert all(before and after for before, after in pieces(text))


REPORT = Want("report_problem", 0.9, "城乡建设", 0.9)
QUESTION = Want("ask_policy", 0.9, "政法", 0.9)


def test_a_report_and_a_question_are_two_wants() -> None:
    assert are_two(REPORT, QUESTION, marked=True, in_report=False)
    assert are_two(REPORT, QUESTION, marked=False, in_report=False)


def test_a_question_about_the_same_matter_belongs_to_the_report() -> None:
    same = Want("ask_policy", 0.9, "城乡建设", 0.9)
    assert not are_two(REPORT, same, marked=False, in_report=False)


def test_two_reports_are_two_only_where_they_go_to_different_people() -> None:
    noise = Want("report_problem", 0.8, "环境保护", 0.8)
    assert are_two(REPORT, noise, marked=True, in_report=False)
    assert not are_two(REPORT, noise, marked=False, in_report=False)
    assert not are_two(REPORT, REPORT, marked=True, in_report=False)


def test_what_is_not_understood_or_only_small_talk_is_no_want() -> None:
    assert not are_two(REPORT, Want("greet", 0.9), marked=True, in_report=False)
    assert not are_two(REPORT, Want("ask_policy", 0.3), marked=True, in_report=False)


def test_an_address_is_a_want_only_while_a_report_asks_for_one() -> None:
    address = Want("give_address", 0.9)
    assert are_two(address, QUESTION, marked=True, in_report=True)
    assert not are_two(address, QUESTION, marked=True, in_report=False)
    assert not are_two(REPORT, address, marked=True, in_report=True)


@pytest.mark.parametrize(
    ("piece", "rest"),
    [
        ("楼道的灯坏了，", "楼道的灯坏了"),
        ("，另外，还有个事物业费凭啥涨？", "物业费凭啥涨？"),
        ("对了公积金怎么提", "公积金怎么提"),
        ("另外，", "另外，"),
    ],
)
def test_what_stands_between_two_wants_belongs_to_neither(piece: str, rest: str) -> None:
    start, end = trim(piece)
    assert piece[start:end] == rest


@given(st.text(alphabet="另外还有，, 对了灯", max_size=30))
def test_a_trimmed_piece_lies_within_and_keeps_something(piece: str) -> None:
    start, end = trim(piece)
    assert 0 <= start <= end <= len(piece)
    assert start < end or not piece
