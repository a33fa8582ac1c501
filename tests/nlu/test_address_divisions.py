import pytest

from nlu.address_divisions import divisions, known_divisions, without_ending


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("北京市", "北京"),
        ("义乌市", "义乌"),
        ("东城区", "东城"),
        ("赵县", "赵县"),
        ("内蒙古自治区", "内蒙古"),
        ("湘西土家族苗族自治州", "湘西"),
        ("香港特别行政区", "香港"),
        ("南翔镇", "南翔"),
    ],
)
def test_a_division_is_also_said_without_its_ending(name: str, short: str) -> None:
    assert without_ending(name) == short


def test_every_division_lies_in_a_province_and_has_a_district() -> None:
    assert len(divisions()) > 10_000
    assert all(d.province and d.district for d in divisions())


def test_a_district_under_a_province_itself_has_no_city() -> None:
    assert {d.city for d in divisions() if d.district == "仙桃市"} == {""}


@pytest.mark.parametrize(
    ("name", "level"),
    [("浙江省", "province"), ("杭州", "city"), ("义乌市", "district"), ("海淀区", "district")],
)
def test_divisions_have_a_level(name: str, level: str) -> None:
    assert known_divisions()[name] == level


def test_there_are_all_provinces() -> None:
    assert len({d.province for d in divisions()}) == 34
