import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.fillers import without_fillers


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("那个就是说我想问一下嗯就是医保卡丢了怎么补办啊", "医保卡丢了怎么补办"),
        ("你好请问老年证怎么办呀", "老年证怎么办"),
        ("对了问一下，遛狗要不要拴绳", "遛狗要不要拴绳"),
        ("麻烦问下公租房怎么申请", "公租房怎么申请"),
        ("暖气费在哪交", "暖气费在哪交"),
    ],
)
def test_what_is_meant_is_left(said: str, meant: str) -> None:
    assert without_fillers(said) == meant


@pytest.mark.parametrize("said", ["你好", "嗯嗯", "请问", "我想问一下"])
def test_mere_fillers_stay_as_they_are(said: str) -> None:
    assert without_fillers(said) == said


@given(st.text(max_size=200))
def test_nothing_is_added(text: str) -> None:
    assert len(without_fillers(text)) <= len(text)
