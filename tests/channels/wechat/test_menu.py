import pytest

from channels.wechat.menu import MenuError, menu_of

MENU = [
    {"name": "问政策", "buttons": [{"name": "居住证", "say": "居住证怎么办"}]},
    {"name": "报问题", "say": "我要反映问题"},
    {"name": "网页", "url": "https://linli.example/"},
]


def test_buttons_say_open_or_unfold() -> None:
    first, second, third = menu_of(MENU)["button"]
    assert first["sub_button"] == [{"type": "click", "name": "居住证", "key": "居住证怎么办"}]
    assert second == {"type": "click", "name": "报问题", "key": "我要反映问题"}
    assert third == {"type": "view", "name": "网页", "url": "https://linli.example/"}


@pytest.mark.parametrize(
    ("menu", "fault"),
    [
        (None, "must be a list"),
        ("问", "must be a list"),
        ([], "must be a list"),
        ([{"name": "一", "say": "一"}] * 4, "at most 3 buttons, not 4"),
        ([{"name": "一", "buttons": [{"name": "二", "say": "二"}] * 6}], "at most 5"),
        ([{"name": "名字太长的一个按钮", "say": "一"}], "button 1: name must have 1 to 16 bytes"),
        ([{"say": "一"}], "name must have"),
        ([{"name": "一"}], "needs one of"),
        ([{"name": "一", "say": "一", "url": "x"}], "needs one of"),
        ([{"name": "一", "say": "很" * 50}], "at most 128 bytes"),
        ([{"name": "一", "buttons": [{"name": "二", "buttons": [3]}]}], "no place for further"),
        ([7], "must be fields"),
    ],
)
def test_a_menu_that_wechat_would_not_take_is_told(menu: object, fault: str) -> None:
    with pytest.raises(MenuError, match=fault):
        menu_of(menu)
