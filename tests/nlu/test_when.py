from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.clock import SHANGHAI
from nlu.when import find_times, most_telling, read_times

NOW = datetime(2026, 11, 18, 15, 20, tzinfo=SHANGHAI)
TIME_LIKE = st.text(
    "今昨天早上下午晚点半到至从每周一二三十0123:：-年月日号个了的 已经连续，。", max_size=30
)


@pytest.mark.parametrize(
    ("said", "times"),
    [
        ("水漏了3天了", ["3天了"]),
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
        ("15日晚8时至16日早6时停水", ["15日晚8时至16日早6时"]),
        ("最近每天晚上都有人唱歌", ["最近每天晚上"]),
        ("楼上每晚十点以后剁肉", ["每晚十点以后"]),
        ("五天前的晚上有人砸窗", ["五天前的晚上"]),
        ("大年初二就没暖气", ["大年初二"]),
        ("这几天半夜总有狗叫", ["这几天半夜"]),
        ("明天上午能来修吗", ["明天上午"]),
    ],
)
def test_a_time_is_found_as_it_was_said(said: str, times: list[str]) -> None:
    assert [time.text for time in find_times(said)] == times


@pytest.mark.parametrize(
    "said",
    [
        *("经常堵车", "住5号楼", "在3楼", "孩子上一年级", "一起来吧", "12345", "以后再说", ""),
        *("提两点建议", "有一点吵", "一周一次", "一天三次", "第三天", "三天两头停水"),
        *(
            "国庆路12号",
            "五一小学门口",
            "3天内解决",
            "24小时热水",
            "四周都是垃圾",
            "LL20261123-0042-7",
            "催了三次了",
        ),
    ],
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


@given(TIME_LIKE | st.text(max_size=40))
def test_reading_keeps_every_expression(text: str) -> None:
    assert tuple(told.said for told in read_times(text, NOW)) == find_times(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("昨天停电了，下午三点多又停", "2026年11月17日（周二）15:00–16:00"),
        ("昨晚从十一点多闹到凌晨两三点", "2026年11月17日（周二）23:00–2026年11月18日（周三）02:00"),
        ("昨天停电了。下午三点多又停", "2026年11月18日（周三）15:00–16:00"),
    ],
)
def test_hours_take_the_day_said_before_them_in_the_sentence(text: str, meant: str) -> None:
    last = read_times(text, NOW)[-1].meaning
    assert last is not None
    assert last.in_words() == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("我住了20多年了，昨晚十点多没水", "昨晚十点多"),
        ("三年前就报过，每天半夜还是响", "每天半夜"),
        ("去年报的，上周三下午又坏了", "上周三下午"),
        ("水漏了3天了", "3天了"),
        ("好久没人管", "好久"),
    ],
)
def test_the_expression_that_says_most_tells_when(text: str, said: str) -> None:
    told = most_telling(read_times(text, NOW))
    assert told is not None
    assert told.said.text == said


def test_no_expression_tells_nothing() -> None:
    assert most_telling(()) is None
