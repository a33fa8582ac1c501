from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.clock import SHANGHAI
from nlu.interval import Interval, Recurrence
from nlu.moment import read_time

NOW = datetime(2026, 11, 18, 15, 20, tzinfo=SHANGHAI)
"""A Wednesday."""
WORDS = """
今天 昨天 昨晚 前天 上周 周三 每天 每周 晚上 早上 凌晨 半夜 十点 3点 半 多 到 至 起 了 前 三天
国庆 春节 期间 前后 2026年 11月 15号 这几天 连着 最近 工作日 左右 开始 第二天 大年 初二 年底
以后 一个月 半年 隔 的
"""
TIME_LIKE = st.one_of(
    st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=5).map("".join),
    st.text("今昨前明天上下午晚夜早点半到至从每周一二三十0123:-年月日号个了的初", max_size=12),
    st.text(max_size=20),
)
PAST = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(
            ["昨天", "前天", "大前天", "上周三", "上上周五", "上个月5号", "去年3月2号", "三天前的"]
        ),
        st.sampled_from(
            ["", "早上", "凌晨", "下午三点", "晚上十点多", "上午9点到11点", "半夜两点"]
        ),
    ),
)


def shown(said: str, now: datetime = NOW, *, ahead: bool = False) -> str | None:
    meaning = read_time(said, now, ahead=ahead)
    return meaning.in_words() if meaning else None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("昨晚十一点多", "2026年11月17日（周二）23:00–24:00"),
        ("前天下午", "2026年11月16日（周一）13:00–18:00"),
        ("昨儿早上", "2026年11月17日（周二）05:00–09:00"),
        ("昨天下午三点一刻", "2026年11月17日（周二）15:15–15:16"),
        ("今天上午十点左右", "2026年11月18日（周三）09:30–10:30"),
        ("快十一点", "2026年11月18日（周三）10:30–11:00"),
        ("凌晨两三点", "2026年11月18日（周三）02:00–04:00"),
        ("晚上七八点", "2026年11月17日（周二）19:00–21:00"),
        ("昨晚12点", "2026年11月18日（周三）00:00–01:00"),
        ("中午12点半", "2026年11月18日（周三）12:30–12:31"),
        ("2026年10月12日20:15", "2026年10月12日（周一）20:15–20:16"),
        ("15号晚", "2026年11月15日（周日）18:00–24:00"),
        ("五天前的晚上", "2026年11月13日（周五）18:00–24:00"),
    ],
)
def test_a_moment_is_as_wide_as_it_was_said(said: str, meant: str) -> None:
    assert shown(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("上周三起", "2026年11月11日（周三）起"),
        ("从昨天开始", "2026年11月17日（周二）起"),
        ("从10月1号到现在", "2026年10月1日（周四）起"),
        ("今年3月份以来", "2026年3月1日（周日）起"),
        ("连着三天了", "2026年11月15日（周日）起"),
        ("好几个月了", "2026年8月18日（周二）起"),
    ],
)
def test_what_still_goes_on_has_no_end(said: str, meant: str) -> None:
    assert shown(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026年3月5号上午9点到11点", "2026年3月5日（周四）09:00–11:00"),
        ("昨晚10点-凌晨2点", "2026年11月17日（周二）22:00–2026年11月18日（周三）02:00"),
        ("晚上十点到两点", "2026年11月17日（周二）22:00–2026年11月18日（周三）02:00"),
        ("十一点多闹到凌晨两三点", "2026年11月17日（周二）23:00–2026年11月18日（周三）02:00"),
        ("10月1日到7日", "2026年10月1日（周四）–2026年10月7日（周三）"),
        ("上周五到这周一", "2026年11月13日（周五）–2026年11月16日（周一）"),
        ("15日晚8时至16日早6时", "2026年11月15日（周日）20:00–2026年11月16日（周一）06:00"),
        ("昨晚十点到第二天早上六点", "2026年11月17日（周二）22:00–2026年11月18日（周三）06:00"),
    ],
)
def test_a_range_ends_where_it_was_said_to_end(said: str, meant: str) -> None:
    assert shown(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("每天凌晨", "每天 00:00–06:00"),
        ("每周六晚上", "每周六 18:00–24:00"),
        ("工作日早高峰", "工作日 07:00–09:00"),
        ("天天半夜十二点", "每天 00:00–01:00"),
        ("每周六半夜十二点", "每周日 00:00–01:00"),
        ("每晚十点以后", "每天 22:00–24:00"),
        ("每周一三五", "每周一、三、五"),
        ("每天晚上11点到凌晨1点", "每天 23:00–次日01:00"),
        ("周一至周五早7点到晚8点", "每周一、二、三、四、五 07:00–20:00"),
        ("这几天半夜", "每天 23:00–次日05:00，2026年11月12日（周四）起"),
        ("从上周开始每天半夜", "每天 23:00–次日05:00，2026年11月9日（周一）起"),
        ("连着三天半夜", "每天 23:00–次日05:00，2026年11月15日（周日）起"),
    ],
)
def test_what_comes_back_is_a_rule(said: str, meant: str) -> None:
    assert shown(said) == meant


@pytest.mark.parametrize(
    ("said", "past", "to_come"),
    [
        ("周五", "2026年11月13日（周五）", "2026年11月20日（周五）"),
        ("周三", "2026年11月18日（周三）", "2026年11月18日（周三）"),
        (
            "12月初",
            "2025年12月1日（周一）–2025年12月10日（周三）",
            "2026年12月1日（周二）–2026年12月10日（周四）",
        ),
        ("晚上七点", "2026年11月17日（周二）19:00–20:00", "2026年11月18日（周三）19:00–20:00"),
        ("三点", "2026年11月18日（周三）15:00–16:00", "2026年11月18日（周三）15:00–16:00"),
    ],
)
def test_what_is_left_open_is_the_nearest_past_or_to_come(
    said: str, past: str, to_come: str
) -> None:
    assert shown(said) == past
    assert shown(said, ahead=True) == to_come


def test_half_past_midnight_last_night_is_the_evening_just_gone() -> None:
    at_night = datetime(2026, 11, 18, 0, 30, tzinfo=SHANGHAI)
    assert shown("昨晚", at_night) == "2026年11月17日（周二）18:00–24:00"
    assert shown("今晚", at_night) == "2026年11月17日（周二）18:00–24:00"
    assert shown("今天半夜", NOW) == "2026年11月17日（周二）23:00–2026年11月18日（周三）05:00"


def test_what_is_said_of_a_night_still_to_come_is_the_night_before() -> None:
    midnight = datetime(2026, 11, 19, tzinfo=SHANGHAI)
    assert shown("昨天半夜两点", midnight) == "2026年11月18日（周三）02:00–03:00"
    on_sunday = datetime(2026, 11, 22, 9, tzinfo=SHANGHAI)
    assert shown("周日晚上", on_sunday) == "2026年11月15日（周日）18:00–24:00"
    assert shown("周日晚上", on_sunday, ahead=True) == "2026年11月22日（周日）18:00–24:00"


def test_the_small_hours_of_a_night_belong_to_its_evening() -> None:
    assert shown("昨天半夜两点") == "2026年11月18日（周三）02:00–03:00"
    assert shown("昨天凌晨两点") == "2026年11月17日（周二）02:00–03:00"


@pytest.mark.parametrize(
    "said", ["", "好久", "以后", "2月30号", "25点", "上周三以前", "9999年前", "楼下"]
)
def test_what_cannot_be_told_is_none(said: str) -> None:
    assert read_time(said, NOW) is None


def test_now_must_carry_a_timezone() -> None:
    with pytest.raises(ValueError, match="timezone"):
        read_time("昨天", NOW.replace(tzinfo=None))


def test_now_is_taken_in_beijing_time_wherever_the_machine_stands() -> None:
    late = datetime.fromisoformat("2026-11-17T17:00+00:00")  # one in the morning of the 18th
    assert shown("今天", late) == "2026年11月18日（周三）"


@given(TIME_LIKE, st.booleans())
def test_any_text_is_read_without_fault(said: str, ahead: bool) -> None:
    meaning = read_time(said, NOW, ahead=ahead)
    if isinstance(meaning, Interval):
        assert meaning.start.utcoffset() is not None
        assert meaning.end is None or meaning.start <= meaning.end
    elif isinstance(meaning, Recurrence):
        assert all(0 <= start < end for start, end in meaning.hours)


@given(PAST, st.integers(0, 60 * 24 * 800))
def test_what_is_past_never_lies_ahead(said: str, minutes: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    meaning = read_time(said, now)
    assert isinstance(meaning, Interval)
    assert meaning.start <= now
    if "半夜" not in said:
        assert meaning.end is not None
        assert meaning.end <= now


@given(
    st.sampled_from(["周三", "周日晚上", "三点", "半夜", "15号", "十月底", "国庆期间", "早上八点"]),
    st.integers(0, 60 * 24 * 365),
)
def test_what_happened_has_begun(said: str, minutes: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    meaning = read_time(said, now)
    assert isinstance(meaning, Interval)
    assert meaning.start <= now
