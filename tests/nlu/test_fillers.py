import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.fillers import hesitations, without_fillers


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


def without_hesitation(text: str) -> str:
    spans = hesitations(text)
    return "".join(c for i, c in enumerate(text) if not any(a <= i < b for a, b in spans))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("呃楼道灯坏了", "楼道灯坏了"),
        ("那个，楼道灯坏了", "楼道灯坏了"),
        ("那个那个就是说楼道灯坏了", "楼道灯坏了"),
        ("楼道嗯灯坏了", "楼道灯坏了"),
        ("居住那个证怎么办", "居住证怎么办"),
        ("楼上一直额漏水", "楼上一直漏水"),
        ("喂，我要投诉", "我要投诉"),
        ("电话138那个0000啊0000", "电话13800000000"),
        ("京那个A12345", "京A12345"),
        ("每天那个半夜两这个点", "每天半夜两点"),
        ("10月那个1号停水", "10月1号停水"),
    ],
)
def test_hesitation_is_found(said: str, meant: str) -> None:
    assert without_hesitation(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "就是那个小区",
        "要那个",
        "医保余额怎么查",
        "大额医疗费",
        "在阳台喂鸽子",
        "也就是说不给办",
        "然后我就走了",
        "那啥时候能修好",
        "嗯",
        "哎呀",
    ],
)
def test_the_same_words_that_mean_something_are_none(said: str) -> None:
    assert without_hesitation(said) == said


@given(st.text("那个这就是说呃嗯额啊，。楼道灯坏了然后", max_size=40))
def test_spans_follow_one_another_within_the_text(text: str) -> None:
    ends = [0, *(place for span in hesitations(text) for place in span), len(text)]
    assert ends == sorted(ends)
