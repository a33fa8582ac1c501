import pytest

from channels.hotline.wishes import Wish, tells_of_matter, wish_in


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("登记工单", Wish.TICKET),
        ("那先登记吧", Wish.TICKET),
        ("不等了", Wish.LEAVE),
        ("不用了，谢谢", Wish.LEAVE),
        ("算了吧", Wish.LEAVE),
        ("不要人工了", Wish.LEAVE),
        ("还要等多久啊？", Wish.POSITION),
        ("请问前面还有几个人", Wish.POSITION),
        ("什么时候到我", Wish.POSITION),
        ("人呢", Wish.POSITION),
        ("怎么还没人来", Wish.POSITION),
        ("转人工", Wish.POSITION),
    ],
)
def test_words_about_the_waiting_are_known(text: str, wish: Wish) -> None:
    assert wish_in(text) is wish


@pytest.mark.parametrize(
    "text",
    [
        "我家水管爆了",
        "家里没人在",
        "有人在楼道抽烟",
        "等了多久才修的",
        "我要登记结婚",
        "不要停车费",
        "取消低保要什么手续",
        "人工湖的水臭了",
        "",
        "😀",
    ],
)
def test_words_about_the_matter_are_left_to_the_person(text: str) -> None:
    assert wish_in(text) is None


@pytest.mark.parametrize("text", ["没解决", "好的，谢谢", "您好", "转人工", "不等了", "？？", ""])
def test_some_words_tell_nothing_of_the_matter(text: str) -> None:
    assert not tells_of_matter(text)


@pytest.mark.parametrize("text", ["没有电梯", "好几天没水", "对面工地吵"])
def test_others_do(text: str) -> None:
    assert tells_of_matter(text)
