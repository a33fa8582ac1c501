import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.wants import MOST, Mark, Want, are_two, cuts, matter, trim


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
    assert [cut.mark for cut in cuts(f"{letter}另外想咨询老年卡怎么办理。")] == [Mark.FURTHER]


@given(st.text(alphabet="灯坏了顺便问另外还有。，？ 怎么办a1", max_size=300))
def test_every_cut_lies_within_and_leaves_words_on_both_sides(text: str) -> None:
    found = cuts(text)
    assert len(found) <= MOST
    assert all(before and after for before, after in pieces(text))


REPORT = Want("report_problem", 0.9, "城乡建设", 0.9, "路灯坏了")
QUESTION = Want("ask_policy", 0.9, "政法", 0.9, "居住证怎么办")


def test_a_report_and_a_question_are_two_wants() -> None:
    assert are_two(REPORT, QUESTION, mark=Mark.FURTHER, in_report=False)
    assert are_two(REPORT, QUESTION, mark=Mark.NONE, in_report=False)


def test_a_question_about_the_same_matter_belongs_to_the_report() -> None:
    same = Want("ask_policy", 0.9, "城乡建设", 0.9, "路灯归谁修")
    assert not are_two(REPORT, same, mark=Mark.NONE, in_report=False)


def test_two_reports_are_two_only_where_they_go_to_different_people_or_are_elsewhere() -> None:
    noise = Want("report_problem", 0.8, "环境保护", 0.8)
    assert are_two(REPORT, noise, mark=Mark.FURTHER, in_report=False)
    assert not are_two(REPORT, noise, mark=Mark.NONE, in_report=False)
    assert not are_two(REPORT, REPORT, mark=Mark.FURTHER, in_report=False)
    elsewhere = Want("report_problem", 0.9, "城乡建设", 0.9, "南门的道闸也坏了")
    assert are_two(REPORT, elsewhere, mark=Mark.ALSO, in_report=False)
    assert not are_two(REPORT, elsewhere, mark=Mark.NONE, in_report=False)


@pytest.mark.parametrize(
    ("first", "second", "two"),
    [
        ("老年卡怎么办", "公租房要排多久", True),
        ("轮椅能借吗", "要带什么材料", False),
        ("轮椅能借吗", "轮椅押金多少", False),
        ("我户口在外地", "孩子能在这上学吗", False),
    ],
)
def test_two_questions_are_two_where_each_has_a_matter_of_its_own(
    first: str, second: str, two: bool
) -> None:
    one = Want("ask_policy", 0.9, "民政", 0.9, first)
    other = Want("ask_policy", 0.9, "城乡建设", 0.9, second)
    assert are_two(one, other, mark=Mark.NONE, in_report=False) is two


@pytest.mark.parametrize(("said", "two"), [("赶紧派人来修", False), ("上次报的漏水催一下", True)])
def test_to_hurry_is_a_want_of_its_own_only_for_a_ticket_told_before(said: str, two: bool) -> None:
    hurry = Want("urge_ticket", 0.9, text=said)
    assert are_two(REPORT, hurry, mark=Mark.NONE, in_report=False) is two


def test_what_was_mended_belongs_to_the_praise_but_a_contrast_is_a_want_of_its_own() -> None:
    praise = Want("praise", 0.9, text="小赵师傅一来就修好了")
    still = Want("report_problem", 0.9, text="不过楼下的栏杆又松了")
    assert not are_two(REPORT, praise, mark=Mark.NONE, in_report=False)
    assert are_two(praise, still, mark=Mark.NONE, in_report=False)
    assert not are_two(QUESTION, still, mark=Mark.NONE, in_report=False)


def test_an_old_ticket_and_what_is_wrong_now_are_two_wants() -> None:
    asked = Want("ask_ticket_status", 0.9, text="之前报的井盖有信儿没")
    now = Want("report_problem", 0.9, text="今天楼道的灯又不亮")
    same = Want("report_problem", 0.9, text="盖子一直翘着没有人来")
    assert are_two(asked, now, mark=Mark.NONE, in_report=False)
    assert not are_two(asked, same, mark=Mark.NONE, in_report=False)


def test_a_story_told_before_its_question_is_one_want_unless_one_turns_to_the_question() -> None:
    story = Want("report_problem", 0.9, "劳动和社会保障", 0.9, "公司倒闭了")
    question = Want("ask_policy", 0.9, "民政", 0.5, "失业金还能领吗")
    turned = Want("ask_policy", 0.9, "民政", 0.5, "请问失业金还能领吗")
    assert not are_two(story, question, mark=Mark.NONE, in_report=False)
    assert are_two(story, turned, mark=Mark.NONE, in_report=False)


def test_a_suggestion_in_the_form_of_a_question_is_no_second_want() -> None:
    suggestion = Want("suggest", 0.9, "交通运输", 0.9, "建议把车站往东挪")
    more = Want("ask_policy", 0.9, "民政", 0.9, "老人走过去能近点吗")
    assert not are_two(suggestion, more, mark=Mark.NONE, in_report=False)
    assert are_two(suggestion, more, mark=Mark.FURTHER, in_report=False)


def test_thanks_are_a_want_only_before_something_else() -> None:
    thanks = Want("thanks", 0.9)
    assert are_two(thanks, QUESTION, mark=Mark.FURTHER, in_report=False)
    assert not are_two(thanks, QUESTION, mark=Mark.NONE, in_report=False)
    assert not are_two(QUESTION, thanks, mark=Mark.FURTHER, in_report=False)


@pytest.mark.parametrize(
    "text", ["催了五次，还有没有人管", "说了不听，还有理了", "卖烟酒，另外也代收快递"]
)
def test_a_word_that_goes_on_with_the_same_matter_marks_nothing(text: str) -> None:
    assert not [cut for cut in cuts(text) if cut.mark is not Mark.NONE]


@pytest.mark.parametrize(
    ("text", "empty"), [("要带什么材料", True), ("去哪里办", True), ("公租房怎么申请", False)]
)
def test_what_asks_only_how_and_where_has_no_matter_of_its_own(text: str, empty: bool) -> None:
    assert (matter(text) == frozenset()) is empty


def test_what_is_not_understood_or_only_small_talk_is_no_want() -> None:
    assert not are_two(REPORT, Want("greet", 0.9), mark=Mark.FURTHER, in_report=False)
    assert not are_two(REPORT, Want("ask_policy", 0.3), mark=Mark.FURTHER, in_report=False)


def test_an_address_is_a_want_only_while_a_report_asks_for_one() -> None:
    address = Want("give_address", 0.9)
    assert are_two(address, QUESTION, mark=Mark.FURTHER, in_report=True)
    assert not are_two(address, QUESTION, mark=Mark.FURTHER, in_report=False)
    assert not are_two(REPORT, address, mark=Mark.FURTHER, in_report=True)


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
