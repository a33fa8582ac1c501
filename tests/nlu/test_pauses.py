from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.pauses import fluent

HALTING = st.lists(
    st.sampled_from(
        ["那个", "这个", "就是", "就是说", "啊", "额", "嗯", "清河苑", "3", "号", "，"]
    ),
    max_size=12,
).map("".join)


@pytest.mark.parametrize(
    ("text", "said", "pauses"),
    [
        ("苑那个3号", "苑3号", ["", "pointing", "", ""]),
        ("苑啊3号", "苑3号", ["", "sound", "", ""]),
        ("苑就是3号", "苑3号", ["", "going on", "", ""]),
        ("苑嗯3号", "苑3号", ["", "thinking", "", ""]),
        ("苑那个啊3号", "苑3号", ["", "thinking", "", ""]),
        ("那个3号啊", "3号", ["pointing", "", "sound"]),
        ("额济纳旗", "额济纳旗", [""] * 5),
        ("余额不足", "余额不足", [""] * 5),
        ("喂狗的人", "喂狗的人", [""] * 5),
        ("", "", [""]),
        ("嗯", "", ["thinking"]),
    ],
)
def test_pauses_are_left_out_and_told(text: str, said: str, pauses: list[str]) -> None:
    found = fluent(text)
    assert found.text == said
    assert list(found.pauses) == pauses


@given(HALTING | st.text(max_size=40))
def test_every_character_keeps_its_place(text: str) -> None:
    said = fluent(text)
    assert [text[i] for i in said.places] == [*said.text]
    assert list(said.places) == sorted(set(said.places))
    assert len(said.pauses) == len(said.text) + 1


@given(HALTING)
def test_a_pause_is_told_wherever_characters_are_left_out(text: str) -> None:
    said = fluent(text)
    bounds = [-1, *said.places, len(text)]
    gaps = [b - a > 1 for a, b in pairwise(bounds)]
    assert gaps == [bool(pause) for pause in said.pauses]
