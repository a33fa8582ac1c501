from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.tickets.number import QUASIGROUP, allocate, check_digit, find, number_of
from tests.actions.tickets.desk import Office, at

days = st.dates(date(2020, 1, 1), date(2099, 12, 31))
sequences = st.integers(1, 999_999)


def test_the_quasigroup_is_totally_anti_symmetric() -> None:
    table = [[int(d) for d in row] for row in QUASIGROUP]
    ten = range(10)
    assert all(sorted(row) == list(ten) for row in table)
    assert all(sorted(column) == list(ten) for column in zip(*table, strict=True))
    assert all(table[n][n] == 0 for n in ten)
    assert all(
        table[table[c][x]][y] != table[table[c][y]][x] for c in ten for x in ten for y in range(x)
    )


def test_the_published_example_checks_out() -> None:
    assert check_digit("572") == 4


@given(day=days, sequence=sequences)
def test_a_number_is_found_as_it_was_given(day: date, sequence: int) -> None:
    number = number_of(day, sequence)
    found = find(f"我的单号是{number}，到哪一步了？")
    assert found is not None
    assert (found.number, found.fits) == (number, True)


@given(day=days, sequence=sequences, data=st.data())
def test_one_wrong_digit_shows(day: date, sequence: int, data: st.DataObject) -> None:
    number = number_of(day, sequence)
    place = data.draw(st.sampled_from([i for i, c in enumerate(number) if c.isdigit()]))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    found = find(number[:place] + wrong + number[place + 1 :])
    assert found is not None
    assert not found.fits


@given(day=days, sequence=sequences)
def test_two_neighbours_swapped_show(day: date, sequence: int) -> None:
    digits = [i for i, c in enumerate(number_of(day, sequence)) if c.isdigit()]
    for one, other in pairwise(digits):
        swapped = list(number_of(day, sequence))
        swapped[one], swapped[other] = swapped[other], swapped[one]
        text = "".join(swapped)
        if text != number_of(day, sequence):
            found = find(text)
            assert found is not None
            assert not found.fits


NUMBER = number_of(date(2026, 11, 23), 42)


@pytest.mark.parametrize(
    "said",
    [
        "ll20261123-0042-{c}",
        "LL202611230042{c}",
        "ＬＬ２０２６１１２３－００４２－{c}",
        "查一下 ll 20261123 0042 {c} 谢谢",
        "单号：LL20261123—0042—{c}。",
        "LL2026-11-23-0042-{c}",
        "20261123-0042-{c}",
        "20261123 0042 {c} 5号楼的",
        "不是LL20261123-0042-9，是LL20261123-0042-{c}",
    ],
)
def test_a_number_is_known_however_it_is_written(said: str) -> None:
    found = find(said.format(c=NUMBER[-1]))
    assert found is not None
    assert (found.number, found.fits) == (NUMBER, True)


@pytest.mark.parametrize("said", ["LL20261323-0042-7", "LL20260230-0001-1", "LL20261123-0000-1"])
def test_a_number_that_cannot_be_is_told_from_none(said: str) -> None:
    found = find(said)
    assert found is not None
    assert not found.fits


@pytest.mark.parametrize(
    "said",
    ["", "我的工单", "电话13800000000", "2026112300427", "身份证110101199003070000", "LL", "📦"],
)
def test_what_is_no_number_is_none(said: str) -> None:
    assert find(said) is None


@given(text=st.text())
def test_any_text_is_taken(text: str) -> None:
    find(text)


@pytest.mark.parametrize("sequence", [0, -1, 1_000_000])
def test_an_impossible_sequence_is_refused(sequence: int) -> None:
    with pytest.raises(ValueError, match="sequence"):
        number_of(date(2026, 11, 23), sequence)


def test_numbers_begin_anew_each_day_of_beijing(office: Office) -> None:
    with office.sessions.begin() as session:
        evening = [allocate(session, at("2026-11-23 23:59")) for _ in range(2)]
        midnight = allocate(session, at("2026-11-24 00:00"))
    assert [n[:15] for n in (*evening, midnight)] == [
        "LL20261123-0001",
        "LL20261123-0002",
        "LL20261124-0001",
    ]


def test_a_transaction_rolled_back_gives_its_number_back(office: Office) -> None:
    moment = at("2026-11-23 10:00")
    with office.sessions() as session:
        first = allocate(session, moment)
        session.rollback()
    with office.sessions.begin() as session:
        assert allocate(session, moment) == first


def test_those_who_allocate_at_once_get_different_numbers_without_gaps(office: Office) -> None:
    def one(_: int) -> str:
        with office.sessions.begin() as session:
            return allocate(session, at("2026-11-23 10:00"))

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(one, range(40)))
    assert sorted(int(n[11:15]) for n in numbers) == list(range(1, 41))
