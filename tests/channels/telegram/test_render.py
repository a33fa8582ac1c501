from hypothesis import given
from hypothesis import strategies as st

from actions.reply import Button, PhoneNumber, Reply
from channels.telegram.keyboard import MORE
from channels.telegram.render import LIMIT, show, units

MORE_LINE = "（回复“更多”接着看）"


def test_a_reply_that_fits_is_shown_whole_with_its_choices() -> None:
    button = Button("有帮助", "有帮助")
    shown = show(Reply("答案", (button,)), MORE_LINE)
    assert (shown.text, shown.buttons, shown.rest) == ("答案", (button,), "")


def test_numbers_to_call_stand_in_the_text() -> None:
    shown = show(Reply("请马上打 119！", calls=(PhoneNumber("火警", "119"),)), MORE_LINE)
    assert shown.text == "请马上打 119！\n📞 火警 119"


@given(
    st.lists(st.sampled_from(["路灯坏了。", "🙂𠮷，", "abc ", "\n"]), max_size=3000).map("".join)
)
def test_what_does_not_fit_is_kept_and_can_be_asked_for(text: str) -> None:
    shown = show(Reply(text, calls=(PhoneNumber("热线", "12345"),)), MORE_LINE)
    assert units(shown.text) <= LIMIT
    assert (MORE in shown.buttons) == bool(shown.rest)
    begun = shown.text.removesuffix("📞 热线 12345").rstrip().removesuffix(MORE_LINE)
    assert "".join((begun + shown.rest).split()) == "".join(text.split())
