import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.homophones import repaired


@pytest.mark.parametrize(
    ("slipped", "meant"),
    [
        ("我想办居住正", "我想办居住证"),
        ("物叶不管", "物业不管"),
        ("垃及没人清", "垃圾没人清"),
        ("我要投速", "我要投诉"),
        ("养老今怎么领", "养老金怎么领"),
        ("煤期泄露", "煤气泄露"),
        ("电题困人", "电梯困人"),
        ("楼上着货了", "楼上着火了"),
        ("没有胡吸", "没有呼吸"),
        ("3好楼2单圆301室", "3号楼2单元301室"),
        ("春晖录12号", "春晖路12号"),
        ("电话一三八零零令零零零零零", "电话一三八零零零零零零零零"),
        ("要三八零零零零零零零零，快来", "幺三八零零零零零零零零，快来"),
        ("一五八量两三三四思五五", "一五八两两三三四四五五"),
    ],
)
def test_a_slip_that_makes_no_word_is_put_right(slipped: str, meant: str) -> None:
    assert repaired(slipped) == meant


@pytest.mark.parametrize(
    "text",
    [
        "我叫李春晖，住望溪家园",
        "电话一三八零零一三八零零零",
        "楼上天天吵，孩子根本睡不着，物业说管不了",
        "一百二十三块五",
        "电话一三八零零零零零零零零吧",
        "一三八零零零零零零零是我电话",
        "一二三木头人",
        "住了五六年了是不是要七八月才修",
        "嗯",
        "ok, thanks",
    ],
)
def test_what_is_said_well_is_left_alone(text: str) -> None:
    assert repaired(text) == text


def test_who_writes_a_thing_twice_means_it() -> None:
    assert repaired("鸿未公司和鸿未公司的车") == "鸿未公司和鸿未公司的车"


@given(st.text("物叶垃及居住正的了号楼好路录3 ，ab一二三天燃气期", max_size=30))
def test_a_repair_keeps_the_length_and_all_but_chinese_characters(text: str) -> None:
    meant = repaired(text)
    assert len(meant) == len(text)
    assert all(a == b or "\u4e00" <= a <= "\u9fff" for a, b in zip(text, meant, strict=True))


@given(st.text("物叶垃及居住正的了号楼好路录3 ，ab一二三天燃气期", max_size=30))
def test_what_is_put_right_stays_right(text: str) -> None:
    assert repaired(repaired(text)) == repaired(text)
