import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.phone import (
    find_phones,
    is_identity_number,
    looks_mistyped,
    mask_identities,
    mask_phones,
)

DIGITS_AND_WORDS = st.text("0123456789-+ 转幺一二三八零电话Xx是", max_size=40) | st.text(
    max_size=40
)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
AN_IDENTITY = "110101199003070038"  # an area code, a birthday and a sum, nobody's


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("电话13800000000", "13800000000"),
        ("打138 0000 0000找我", "13800000000"),
        ("138-0000-0000", "13800000000"),
        ("+86 13800000000", "13800000000"),
        ("座机010-60000000", "010-60000000"),
        ("010 60000000", "010-60000000"),
        ("幺三八零零零零零零零零", "13800000000"),
        ("一三九洞洞洞洞拐拐拐拐", "13900007777"),
    ],
)
def test_a_number_is_found_however_it_is_written(said: str, number: str) -> None:
    assert [phone.number for phone in find_phones(said)] == [number]


@pytest.mark.parametrize(
    "said", ["12345", "工单LL20260101-0001-2", "23800000000", AN_IDENTITY, "2026年3月5日", "3号楼"]
)
def test_other_digits_are_no_phone(said: str) -> None:
    assert find_phones(said) == ()


@given(DIGITS_AND_WORDS)
def test_every_number_lies_in_the_text_and_none_overlaps_another(text: str) -> None:
    end = 0
    for phone in find_phones(text):
        assert end <= phone.start < phone.end <= len(text)
        assert len(phone.number.replace("-", "")) <= phone.end - phone.start
        end = phone.end


@given(DIGITS_AND_WORDS)
def test_masks_keep_the_length(text: str) -> None:
    assert len(mask_phones(text)) == len(text)
    assert len(mask_identities(text)[0]) == len(text)


@given(MOBILES)
def test_no_mobile_number_outlives_its_mask(number: str) -> None:
    masked = mask_phones(f"我电话{number}，急")
    assert masked == f"我电话{number[:3]}****{number[7:]}，急"


@pytest.mark.parametrize("said", ["1380000000", "电话138000000000"])
def test_a_digit_too_few_or_many_looks_mistyped(said: str) -> None:
    assert looks_mistyped(said)


@pytest.mark.parametrize("said", ["13800000000", "20号", "我没电话"])
def test_a_whole_number_or_none_does_not_look_mistyped(said: str) -> None:
    assert not looks_mistyped(said)


def test_an_identity_number_is_starred_whole() -> None:
    assert mask_identities(f"身份证{AN_IDENTITY}。") == ("身份证" + "*" * 18 + "。", True)


def test_a_mistyped_identity_number_is_starred_too() -> None:
    wrong = AN_IDENTITY[:-1] + ("1" if AN_IDENTITY[-1] != "1" else "2")
    assert not is_identity_number(wrong)
    assert mask_identities(wrong) == ("*" * 18, True)


def test_a_text_without_one_is_left_alone() -> None:
    assert mask_identities("5号楼，13800000000") == ("5号楼，13800000000", False)


def test_the_check_character_decides() -> None:
    fitting = [c for c in "0123456789X" if is_identity_number(AN_IDENTITY[:17] + c)]
    assert len(fitting) == 1
