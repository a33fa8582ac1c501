import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.reply import Button, Reply
from channels.telegram.keyboard import MOST_BYTES, data_of, keyboard, meant_by, ticked
from tests.channels.house import House, arrival, told

LONG = "老旧小区加装电梯，低层住户不同意，要多少业主同意才行？"


def titles(*buttons: Button) -> list[list[str]]:
    markup = keyboard(buttons)
    assert markup is not None
    return [[button.text for button in row] for row in markup.inline_keyboard]


@given(st.text(min_size=1, max_size=80))
def test_what_a_button_carries_always_fits(text: str) -> None:
    assert 0 < len(data_of(text).encode()) <= MOST_BYTES


def test_short_choices_stand_side_by_side_and_long_ones_alone() -> None:
    short = (Button("有帮助", "有帮助"), Button("没解决", "没解决"))
    assert titles(*short, Button(LONG, LONG)) == [["有帮助", "没解决"], [LONG]]


def test_no_choices_make_no_keyboard() -> None:
    assert keyboard(()) is None
    assert keyboard((Button("", ""),)) is None


@pytest.mark.parametrize("text", ["确认提交", LONG, "#号楼"])
def test_a_press_says_what_the_choice_says(house: House, text: str) -> None:
    reply = Reply("哪一个？", (Button("题目", text), Button("都不是", "都不是")))
    with house.sessions.begin() as session:
        told(house, session, arrival(conversation="telegram:1:a"), reply)
        told(house, session, arrival(external="2", conversation="telegram:1:a"), Reply("好"))
        said = meant_by(session, "telegram:1:a", data_of(text), house.vault)
        elsewhere = meant_by(session, "telegram:1:b", data_of(LONG), house.vault)
    assert said == text
    assert elsewhere == ""


def test_the_pressed_button_is_marked_once() -> None:
    before = [[("确认提交", "确认提交"), ("取消", "取消")]]
    markup = ticked(before, "确认提交")
    assert markup is not None
    after = [[(b.text, str(b.callback_data)) for b in row] for row in markup.inline_keyboard]
    assert after == [[("✓ 确认提交", "确认提交"), ("取消", "取消")]]
    assert ticked(after, "确认提交") is None
    assert ticked((), "确认提交") is None
