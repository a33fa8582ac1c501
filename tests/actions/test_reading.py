from datetime import datetime

import pytest

from actions.reading import Reading, read
from actions.turn import Guess, Said, Turn
from nlu.clock import SHANGHAI

AT = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)

PHONE = "13800000000"


def reading(text: str, intent: str = "") -> Reading:
    return read(Turn("web:1", "web", 1, Said(text), Guess(intent, 0.9), at=AT))


def where(text: str) -> str:
    found = reading(text).address
    return found.text if found else ""


@pytest.mark.parametrize("said", ["取消", "不报了", "算了吧", "那算了", "先不报了", "退出"])
def test_giving_up(said: str) -> None:
    assert reading(said).cancels


@pytest.mark.parametrize(
    "said", ["取消了我的停车位", "算了半天也没算对电费", "不用了一个月就坏了", "不对", "不留电话"]
)
def test_not_giving_up(said: str) -> None:
    assert not reading(said).cancels


@pytest.mark.parametrize("said", ["确认提交", "对的", "没问题", "好嘞", "可以，提交", "OK", "嗯嗯"])
def test_agreeing(said: str) -> None:
    assert reading(said).confirms


@pytest.mark.parametrize("said", ["不对", "好像不是", "可以不留电话吗", "好几天了", "对面楼也有"])
def test_not_agreeing(said: str) -> None:
    assert not reading(said).confirms


@pytest.mark.parametrize(
    ("said", "stated"),
    [
        ("不是3单元是2单元", "2单元"),
        ("不是清河苑，是云溪家园", "云溪家园"),
        ("地址错了，是5号楼", "5号楼"),
    ],
)
def test_what_is_denied_is_no_fact(said: str, stated: str) -> None:
    assert reading(said).corrects
    assert where(said) == stated


def test_a_denied_phone_is_no_fact() -> None:
    assert reading(f"电话不是13700000000，是{PHONE}").phone == PHONE


def test_of_two_addresses_the_one_a_stranger_could_find_counts() -> None:
    assert where("3单元门口，就是云溪路12号那儿") == "云溪路12号"


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ("地址错了", ("where",)),
        ("电话改成139", ("contact",)),
        ("时间不对", ("when",)),
        ("内容错了", ("what",)),
    ],
)
def test_the_part_that_is_wrong(said: str, fields: tuple[str, ...]) -> None:
    assert reading(said).fields == fields


@pytest.mark.parametrize(
    "said",
    [
        "我要反映问题",
        "你好，我想投诉",
        "请问能登记一个工单吗",
        f"我的电话是{PHONE}，我要报修",
        "清河苑5号楼，我要反映一个事情",
    ],
)
def test_an_opener_says_nothing_of_the_matter(said: str) -> None:
    assert reading(said).is_opener


@pytest.mark.parametrize("said", ["漏水", "我要投诉物业", "我要报修，停电了", "反映一下噪音的问题"])
def test_two_characters_of_matter_are_no_opener(said: str) -> None:
    assert not reading(said).is_opener


@pytest.mark.parametrize(
    "said",
    [
        "清河苑5号楼",
        "就在清河苑5号楼这里",
        PHONE,
        f"我姓王，我的电话是{PHONE}，请联系我",
        "不想留电话",
        "匿名吧，请保密",
        f"地址错了，是5号楼，电话改成{PHONE}",
    ],
)
def test_facts_and_the_words_around_them_tell_no_story(said: str) -> None:
    assert reading(said).tells < 3


@pytest.mark.parametrize(
    "said",
    [
        "清河苑5号楼，味道特别大",
        f"{PHONE}，另外楼道也堵了",
        "匿名，怕他们报复我家",
        "昨天又漏了一地",
    ],
)
def test_a_story_beside_the_facts_is_noticed(said: str) -> None:
    assert reading(said).tells >= 3


def test_phone_and_name_stay_out_of_what_is_shown_of_a_reading() -> None:
    shown = repr(reading(f"我姓王，电话{PHONE}"))
    assert "王" not in shown
    assert PHONE not in shown


@pytest.mark.parametrize(
    ("text", "when", "happened"),
    [
        ("昨晚十一点多没水", "昨晚十一点多", "2026-11-22T23:00+08:00/2026-11-23T00:00+08:00"),
        (
            "住了20多年了，每天凌晨都响",
            "每天凌晨",
            "RRULE:FREQ=DAILY;BYHOUR=0;BYMINUTE=0 DURATION:PT360M",
        ),
        ("好久没人管了", "好久", ""),
        ("路灯不亮", "", ""),
    ],
)
def test_when_it_happened_is_kept_as_said_and_as_meant(text: str, when: str, happened: str) -> None:
    said = reading(text)
    assert (said.when, said.happened) == (when, happened)


def test_the_time_of_an_appointment_lies_ahead() -> None:
    assert reading("周五上午来修", "book_service").happened.startswith("2026-11-27T08:00")
    assert reading("周五上午停的水").happened.startswith("2026-11-20T08:00")


def test_plates_are_read() -> None:
    assert reading("京a 12345堵着消防通道").plates == ("京A12345",)


def test_a_message_that_was_edited_corrects_what_it_said() -> None:
    edited = Said("清河苑5号楼的路灯坏了", edited=True)
    found = read(Turn("telegram:1", "telegram", 1, edited, Guess("report", 0.9), at=AT))
    assert found.corrects
    assert found.address is not None
    assert found.address.text == "清河苑5号楼"
