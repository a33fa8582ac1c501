from dataclasses import replace
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.tickets.duplicates import (
    THRESHOLD,
    Endorsed,
    Similar,
    distance,
    endorse,
    endorsers,
    find_similar,
    likeness,
    plain_building,
    same_place,
)
from actions.tickets.ticket import Address, Datum, EventKind, Status, TicketClosed
from tests.actions.tickets.desk import NEW, Office

ON_ONE_THING = [
    ("三号楼楼道的灯坏了一个星期，晚上看不见台阶", "楼道灯不亮，天黑了上楼很危险"),
    ("小区东门的垃圾桶满了没人清", "东门垃圾堆了好几天，一股臭味，没人收"),
    ("楼下烧烤摊半夜还在放音响，吵得睡不着", "烧烤店晚上音响太吵，孩子没法睡觉"),
    ("电梯又坏了，停在5楼", "我们楼电梯坏了两天了还没修"),
    ("暖气不热，屋里只有十五度", "家里暖气一直不热，老人受不了"),
    ("路口的井盖没了，差点摔进去", "井盖丢了一个，请赶紧补上"),
    ("消防通道被私家车占了", "有车长期停在消防通道上"),
    ("停水一天了也没通知", "家里从早上起就没有水，怎么停水不通知"),
    ("工地夜里施工噪声太大", "旁边工地凌晨还在施工，噪音扰民"),
    ("有人在楼道里给电动车充电", "楼道停放电动车，还飞线充电"),
    ("遛狗不拴绳，吓到孩子", "有人遛狗总不牵绳子"),
    ("健身器材坏了，老人容易摔", "小区健身器材断了，没人维修"),
]
SAME_WORDS = "三号楼楼道灯坏了，晚上看不见"
HERE = Address("云溪家园3号楼", community="云溪家园", building="三栋")
EAST_GATE = Address("东门", latitude=40.0, longitude=116.3, datum=Datum.GCJ02)


def similar(office: Office, text: str = SAME_WORDS, **other: Any) -> list[Similar]:
    category = other.get("category", NEW.category)
    address = other.get("address", HERE)
    with office.sessions() as session:
        return find_similar(session, category, address, text, office.now)


def join(office: Office, number: str, conversation: str, phone: str = "") -> Endorsed:
    return office.run(
        endorse,
        number,
        conversation,
        channel="web",
        vault=office.vault,
        phone=phone,
        publish=office.events.append,
    )


@pytest.mark.parametrize(("one", "other"), ON_ONE_THING)
def test_reports_on_one_thing_pass_the_threshold(one: str, other: str) -> None:
    assert likeness(one, other) >= THRESHOLD


def test_reports_on_different_things_hardly_ever_do() -> None:
    strangers = [
        pair for one, other in combinations(ON_ONE_THING, 2) for pair in product(one, other)
    ]
    assert len(strangers) == 264
    assert sum(likeness(*pair) >= THRESHOLD for pair in strangers) <= 2


@given(one=st.text(), other=st.text())
def test_likeness_is_a_share_and_goes_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1


def test_the_same_thing_at_the_same_place_is_found(office: Office) -> None:
    number = office.file().number
    found = similar(office)
    assert [s.ticket.number for s in found] == [number]
    assert found[0].metres is None


def test_the_second_and_third_level_of_the_category_may_differ(office: Office) -> None:
    office.file()
    assert similar(office, category=("城乡建设", "其他"))


@pytest.mark.parametrize(
    "other",
    [
        {"text": "有人在楼下放鞭炮"},
        {"category": ("环境保护", "环境污染")},
        {"category": ()},
        {"address": None},
        {"address": replace(HERE, building="5号楼")},
        {"address": replace(HERE, community="云溪新苑")},
        {"address": Address("云溪家园3号楼")},
    ],
)
def test_another_thing_or_place_is_not(office: Office, other: dict[str, Any]) -> None:
    office.file()
    assert similar(office, **other) == []


def test_what_is_closed_or_older_than_a_fortnight_is_not(office: Office) -> None:
    office.take(office.file().number, Status.WITHDRAWN)
    assert similar(office) == []
    office.file()
    office.wait(days=14)
    assert len(similar(office)) == 1
    office.wait(seconds=1)
    assert similar(office) == []


@pytest.mark.parametrize(
    ("north", "datum", "found"),
    [(0.0008, Datum.GCJ02, 1), (0.0010, Datum.GCJ02, 0), (0.0, Datum.WGS84, 0)],
)
def test_within_100_m_on_the_same_datum_is_found(
    office: Office, north: float, datum: Datum, found: int
) -> None:
    office.file(replace(NEW, address=EAST_GATE))
    there = replace(EAST_GATE, latitude=40.0 + north, datum=datum)
    assert len(similar(office, address=there)) == found


def test_the_likeliest_come_first_and_no_more_than_asked_for(office: Office) -> None:
    for text in ("灯坏了", "楼道灯坏了，晚上看不见", "三号楼楼道灯坏了", "楼道的灯"):
        office.file(replace(NEW, description=text, title="灯"))
    scores = [s.score for s in similar(office)]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Address("a", community="甲", building="5号楼"), Address("b", community="甲"), True),
        (Address("a", road="乙路", building="12号"), Address("b", road="乙路"), True),
        (
            Address("a", road="乙路", building="12号"),
            Address("b", road="乙路", building="8号"),
            False,
        ),
        (Address("a", building="5号楼"), Address("b", building="5号楼"), False),
        (
            Address("a", district="海淀区", road="乙路"),
            Address("b", district="朝阳区", road="乙路"),
            False,
        ),
        (Address("a", community="甲", road="乙路"), Address("b", road="乙路"), True),
    ],
)
def test_one_place_shares_community_or_road_and_differs_in_nothing(
    one: Address, other: Address, same: bool
) -> None:
    assert same_place(one, other) is same_place(other, one) is same


@pytest.mark.parametrize(
    "said", ["12号楼", "十二号楼", "１２栋", "12#", "12 号楼", "一二号楼", "12幢"]
)
def test_a_building_is_the_same_however_written(said: str) -> None:
    assert plain_building(said) == "12"


def test_a_degree_of_latitude_is_111_km() -> None:
    metres = distance(EAST_GATE, replace(EAST_GATE, latitude=41.0))
    assert metres == pytest.approx(111_195, abs=1)
    assert distance(EAST_GATE, HERE) is None


def test_a_neighbour_joins_once(office: Office) -> None:
    number = office.file().number
    first = join(office, number, "web:2", phone="13900000000")
    assert (first.counted, first.ticket.endorsements) == (True, 1)
    assert not join(office, number, "web:2").counted
    assert not join(office, number, "wechat:9", phone="139 0000 0000").counted
    assert join(office, number, "web:3").ticket.endorsements == 2
    with office.sessions() as session:
        assert endorsers(session, number) == [("web", "web:2"), ("web", "web:3")]
    kinds = [e.kind for e in office.events]
    assert kinds == [EventKind.FILED, EventKind.ENDORSED, EventKind.ENDORSED]


def test_who_filed_it_does_not_join(office: Office) -> None:
    number = office.file().number
    assert not join(office, number, "web:1").counted
    assert not join(office, number, "web:2", phone="13800000000").counted


def test_nobody_joins_what_is_closed(office: Office) -> None:
    number = office.file().number
    office.take(number, Status.WITHDRAWN)
    with pytest.raises(TicketClosed):
        join(office, number, "web:2")
