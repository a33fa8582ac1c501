import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.address import LEVELS, amend, find_addresses, parts_of

ADDRESS_LIKE = st.lists(
    st.sampled_from(
        [
            *"和平路街巷里园区号楼一二三305-#的在住是有对，。 A",
            *(
                "清河苑",
                "小区",
                "单元",
                "东门",
                "楼下",
                "建设路",
                "我们",
                "漏水",
                "12号",
                "有限公司",
            ),
        ]
    ),
    max_size=16,
).map("".join)


def said_in(text: str) -> list[str]:
    return [address.text for address in find_addresses(text)]


@pytest.mark.parametrize(
    "address",
    [
        "清河苑3号楼",
        "清河苑三号楼二单元501",
        "北京市云溪街道清河苑3号楼2单元501室",
        "向阳小区5栋2-301",
        "三号楼二单元",
        "五号楼三单元四零二",
        "A座1203",
        "溪东路44号",
        "建国路甲12号",
        "和平路有福里小区3号楼",
        "本溪街对山巷",
        "永和家园六号楼",
        "兰亭新村4栋",
        "12-3-501",
        "和平路和建设路路口",
        "柳荫胡同",
        "来福里小区",
        "云溪东路",
        "北京市朝阳区云溪街道梧桐路12号",
        "梧桐路12号康健大药房",
        "溪东路44号院3号楼5层",
        "云溪街道槐树村三组18号",
    ],
)
@pytest.mark.parametrize(
    "shape",
    [
        "{}",
        "我住在{}，楼道灯坏了",
        "{}有人占道摆摊",
        "反映一下{}的井盖",
        "水管爆了，地址是{}，快来",
    ],
)
def test_an_address_is_found_whole_wherever_it_stands(address: str, shape: str) -> None:
    assert said_in(shape.format(address)) == [address]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("清河苑3号楼楼下有人吵架", "清河苑3号楼"),
        ("清河苑，3号楼漏水", "清河苑，3号楼"),
        ("地址错了，是5号楼", "5号楼"),
        ("清河苑东门的路灯不亮", "清河苑东门"),
        ("我在开泰小区门口", "开泰小区"),
        ("快来翠湖花园，下水道堵了", "翠湖花园"),
        ("我家在清河苑，对面工地太吵", "清河苑"),
        ("嗯那个就是说望溪家园2栋吧电梯坏了", "望溪家园2栋"),
    ],
)
def test_what_is_said_about_a_place_is_no_part_of_it(text: str, address: str) -> None:
    assert said_in(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        *("小区里没灯", "我们小区", "楼下有人", "村口那棵树", "东门", "家里漏水", "夜里吵"),
        *("感谢社区", "去医院怎么走", "坐几路车", "有人在路上摆摊", "过马路危险", "12号", "五楼"),
        *("7月13号的票", "3点半来的", "坐61路公交", "去北京的火车", "上海天气", "第12号令"),
        *("电话13800000000", "工单LL20260101-0001-2", "2026-7-15来的", "往死里打", "噼里啪啦", ""),
        *("晚上看不见路", "一到夜里就看不清路", "黑灯瞎火找不着门"),
    ],
)
def test_a_lone_relative_place_number_or_common_noun_is_no_address(text: str) -> None:
    assert said_in(text) == []


def test_parts_are_told_apart_by_level() -> None:
    (address,) = find_addresses("我住云溪街道清河苑3号楼2单元501室")
    assert {part.level: part.text for part in address.parts} == {
        "street": "云溪街道",
        "community": "清河苑",
        "building": "3号楼",
        "unit": "2单元",
        "room": "501室",
    }
    assert address.part("unit") == "2单元"
    assert address.part("road") is None


@pytest.mark.parametrize(
    ("text", "findable"), [("清河苑3号楼", True), ("溪东路44号", True), ("3号楼2单元", False)]
)
def test_only_an_estate_or_road_can_be_found_by_a_stranger(text: str, findable: bool) -> None:
    (address,) = find_addresses(text)
    assert address.is_findable is findable


def test_a_firm_is_a_landmark_and_a_storey_a_floor() -> None:
    (address,) = find_addresses("投诉梧桐路12号五楼恒通贸易有限公司，半夜还在搬货")
    assert [(part.level, part.text) for part in address.parts] == [
        ("road", "梧桐路"),
        ("number", "12号"),
        ("floor", "五楼"),
        ("landmark", "恒通贸易有限公司"),
    ]


@pytest.mark.parametrize(
    ("text", "address", "plain"),
    [
        ("清河苑那个3号楼漏水", "清河苑那个3号楼", "清河苑3号楼"),
        ("我住云溪街道啊清河苑3号楼", "云溪街道啊清河苑3号楼", "云溪街道清河苑3号楼"),
        ("溪东这个路44号有人占道", "溪东这个路44号", "溪东路44号"),
    ],
)
def test_an_address_said_haltingly_is_found_whole(text: str, address: str, plain: str) -> None:
    (found,) = find_addresses(text)
    assert (found.text, found.plain) == (address, plain)


def test_several_addresses_are_found_apart() -> None:
    assert said_in("清河苑3号楼没水。望溪家园2栋也没水，溪东路44号有水") == [
        "清河苑3号楼",
        "望溪家园2栋",
        "溪东路44号",
    ]


def test_a_relative_place_beside_an_address_is_a_part_of_its_own() -> None:
    parts = parts_of("清河苑3号楼楼下有人吵架")
    assert [(part.level, part.text) for part in parts] == [
        ("community", "清河苑"),
        ("building", "3号楼"),
        ("place", "楼下"),
    ]


@pytest.mark.parametrize(
    "text", ["就在东门", "楼下", "村口", "小区东门那块", "单元门口", "我家对面", "他家隔壁"]
)
def test_a_relative_place_is_a_part(text: str) -> None:
    assert [part.level for part in parts_of(text)] == ["place"]


@pytest.mark.parametrize(
    ("said", "correction", "result"),
    [
        ("清河苑5号楼", "3号楼", "清河苑3号楼"),
        ("清河苑5号楼2单元", "是3单元", "清河苑5号楼3单元"),
        ("清河苑", "5号楼", "清河苑5号楼"),
        ("清河苑3号楼", "2单元", "清河苑3号楼2单元"),
        ("清河苑5号楼", "望溪家园2栋", "望溪家园2栋"),
        ("5号楼", "清河苑", "清河苑"),
    ],
)
def test_a_correction_replaces_its_own_level(said: str, correction: str, result: str) -> None:
    (corrected,) = find_addresses(correction)
    assert amend(said, corrected) == result


@given(ADDRESS_LIKE | st.text(max_size=40))
def test_every_address_and_part_is_a_span_of_the_text(text: str) -> None:
    end = 0
    for address in find_addresses(text):
        assert end <= address.start < address.end
        assert text[address.start : address.end] == address.text
        end = address.end
        for part in address.parts:
            assert address.start <= part.start < part.end <= address.end
            assert part.level in LEVELS
    end = 0
    for part in parts_of(text):
        assert end <= part.start
        assert text[part.start : part.end] == part.text
        end = part.end


@given(ADDRESS_LIKE, ADDRESS_LIKE)
def test_a_correction_is_always_in_the_amended_address(said: str, correction: str) -> None:
    for corrected in find_addresses(correction):
        if corrected.is_findable:
            assert amend(said, corrected) == corrected.plain
        else:
            assert all(part.text in amend(said, corrected) for part in corrected.parts[-1:])
