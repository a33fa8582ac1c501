import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.figures import figures


def read(text: str) -> list[tuple[str, float]]:
    return [(figure.measure, figure.value) for figure in figures(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("15个工作日内办结，最长三十日", [("工作日", 15), ("天", 30)]),
        ("一周内答复，最多两个星期", [("天", 7), ("天", 14)]),
        ("六个月，半年，两年半，一个半月", [("月", 6), ("月", 6), ("月", 30), ("月", 1.5)]),
        ("2小时内到场，90分钟，一个半小时", [("分钟", 120), ("分钟", 90), ("分钟", 90)]),
        ("收费1,500元，最高1.5万元", [("元", 1500), ("元", 15000)]),
        ("罚款二百元至一千元", [("元", 200), ("元", 1000)]),
        ("３－５个工作日", [("工作日", 3), ("工作日", 5)]),
        ("年满60周岁，未满十六岁", [("岁", 60), ("岁", 16)]),
        ("百分之三十，30％，三成", [("比例", 0.3)] * 3),
        ("千分之五，5‰", [("比例", 0.005)] * 2),
        ("拨打12345", [("电话", 12345)]),
        ("电话（010）55550100", [("电话", 1055550100)]),
        ("9:00—17:30", [("钟点", 540), ("钟点", 1050)]),
        ("上午九点到下午五点半", [("钟点", 540), ("钟点", 1050)]),
        ("下午1：30－5：00", [("钟点", 810), ("钟点", 1020)]),
        ("早7时至晚22时", [("钟点", 420), ("钟点", 1320)]),
        ("每年1月1日至六月三十日", [("日期", 101), ("日期", 630)]),
        ("90平方米，2公里，1.5倍", [("平方米", 90), ("米", 2000), ("倍", 1.5)]),
        ("不超过45分贝，一年三次", [("分贝", 45), ("月", 12), ("次", 3)]),
    ],
)  # fmt: skip
def test_figures_are_read_in_one_unit_of_each_measure(
    text: str, found: list[tuple[str, float]]
) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "第三十条和第一次",
        "2024年起，二〇二五年",
        "每月15日前",
        "一般一起统一办理",
        "一年级的孩子",
        "一次性告知",
        "没有数字的话",
        "",
    ],
)
def test_what_is_no_figure_is_left_alone(text: str) -> None:
    assert read(text) == []


def test_a_figure_knows_how_it_is_written_and_the_clause_around_it() -> None:
    text = "材料齐全的，20个工作日内（节假日顺延）答复；收费10元。"
    first, second = figures(text)
    assert (first.written, first.clause) == ("20个工作日", "内答复")
    assert (second.written, second.clause) == ("10元", "收费")


def test_a_clause_of_figures_alone_borrows_the_one_before() -> None:
    assert [f.clause for f in figures("服务站开门，9:00")] == ["服务站开门"]


def test_numbers_parted_by_a_chinese_comma_are_two() -> None:
    assert read("分别为100元，200元") == [("元", 100), ("元", 200)]


@given(
    st.text(
        "零一二十百千万亿半点两3,.:-至年月日天个周岁元%工作分小时第每下午 、（）010", max_size=40
    )
)
def test_no_text_breaks_it(text: str) -> None:
    assert all(figure.written for figure in figures(text))
