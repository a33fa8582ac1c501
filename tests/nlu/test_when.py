import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.when import find_times

TIME_LIKE = st.text(
    "今昨天早上下午晚点半到至从每周一二三十0123:：-年月日号个了的 已经连续", max_size=30
)


@pytest.mark.parametrize(
    ("said", "times"),
    [
        ("水漏了3天了", ["3天"]),
        ("昨天晚上十点开始一直吵", ["昨天晚上十点开始"]),
        ("每天早上六点到八点敲鼓", ["每天早上六点到八点"]),
        ("2026年7月15日下午3点半停的电", ["2026年7月15日下午3点半"]),
        ("15号晚上没水", ["15号晚上"]),
        ("连着四天没人收", ["连着四天"]),
        ("凌晨2:30还在装修", ["凌晨2:30"]),
        ("半个月没扫了", ["半个月"]),
        ("昨儿个摔了一跤", ["昨儿个"]),
        ("每到周末就跳舞", ["每到周末"]),
        ("去年冬天开始不热", ["去年冬天开始"]),
        ("周三坏的，周五还没修", ["周三", "周五"]),
        ("从早到晚放喇叭", ["从早到晚"]),
    ],
)
def test_a_time_is_found_as_it_was_said(said: str, times: list[str]) -> None:
    assert [time.text for time in find_times(said)] == times


@pytest.mark.parametrize(
    "said", ["经常堵车", "住5号楼", "在3楼", "孩子上一年级", "一起来吧", "12345", "以后再说", ""]
)
def test_what_names_no_time_is_none(said: str) -> None:
    assert find_times(said) == ()


@given(TIME_LIKE | st.text(max_size=40))
def test_every_time_is_a_span_of_the_text_and_none_overlaps_another(text: str) -> None:
    end = 0
    for time in find_times(text):
        assert end <= time.start < time.end
        assert text[time.start : time.end] == time.text
        end = time.end
