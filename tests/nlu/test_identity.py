import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.identity import (
    CHECKS,
    WEIGHTS,
    PrivateKind,
    find_private,
    is_identity_number,
    mask_identities,
    passes_luhn,
)

AN_IDENTITY = "110101199003070038"  # an area code, a birthday and a sum, nobody's
A_CARD = "6222020000000000000"  # zeros and a sum, nobody's
DIGITS_AND_WORDS = st.text("0123456789-Xx 身份证卡号一二三零九是，", max_size=50) | st.text(
    max_size=40
)


@st.composite
def identities(draw: st.DrawFn) -> str:
    birthday = draw(st.dates().filter(lambda day: 1900 <= day.year < 2100))
    body = f"110101{birthday:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return body + CHECKS[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def test_an_identity_number_is_starred_whole() -> None:
    assert mask_identities(f"身份证{AN_IDENTITY}。") == ("身份证" + "*" * 18 + "。", True)


@pytest.mark.parametrize(
    "said",
    [
        *("110101 19900307 0038", "110101-19900307-0038", "1101 0119 9003 0700 38"),
        *(
            "11010119900307003x",
            "11010119900307003X",
            "110101900307003",
            "一一零一零一一九九零零三零七零零三八",
        ),
    ],
)
def test_an_identity_number_is_starred_however_it_is_written(said: str) -> None:
    assert mask_identities(f"我是{said}，") == ("我是" + "*" * len(said) + "，", True)


@pytest.mark.parametrize("said", ["身份证号11010119900307003", "身份证是1101011990030700381"])
def test_what_is_called_an_identity_number_is_starred_with_a_digit_too_few_or_many(
    said: str,
) -> None:
    masked, found = mask_identities(said)
    assert found
    assert not any(c.isdigit() for c in masked)


def test_a_mistyped_identity_number_is_starred_too() -> None:
    wrong = AN_IDENTITY[:-1] + ("1" if AN_IDENTITY[-1] != "1" else "2")
    assert not is_identity_number(wrong)
    assert mask_identities(wrong) == ("*" * 18, True)


@pytest.mark.parametrize("said", [A_CARD, "6222 0200 0000 0000 000", "卡号6222020000000000001"])
def test_a_bank_card_is_starred(said: str) -> None:
    assert [private.kind for private in find_private(said)] == [PrivateKind.BANK_CARD]
    assert not any(c.isdigit() for c in mask_identities(said)[0])


@pytest.mark.parametrize(
    "said",
    [
        *(
            "5号楼，13800000000",
            "138 0000 0000 139 0000 0001",
            "LL20261123-0042-7",
            "20261123000427",
        ),
        *(
            "LL20261123-000042-7",
            "6222020000000000007",
            "2026-11-23 10:30:00",
            "快递202611230012345",
        ),
        *("", "010-60000000", "京A12345"),
    ],
)
def test_other_numbers_are_left_alone(said: str) -> None:
    assert mask_identities(said) == (said, False)


def test_the_check_character_decides() -> None:
    fitting = [c for c in "0123456789X" if is_identity_number(AN_IDENTITY[:17] + c)]
    assert len(fitting) == 1


@given(st.from_regex(r"[0-9]{15,18}", fullmatch=True))
def test_one_last_digit_passes_luhn(digits: str) -> None:
    assert len([c for c in "0123456789" if passes_luhn(digits + c)]) == 1


@given(identities(), st.sampled_from(["", " ", "-"]))
def test_no_identity_number_outlives_its_mask(number: str, gap: str) -> None:
    said = gap.join((number[:6], number[6:14], number[14:]))
    assert mask_identities(f"我的{said}，谢谢") == (f"我的{'*' * len(said)}，谢谢", True)


@given(DIGITS_AND_WORDS)
def test_a_mask_keeps_the_length_and_leaves_nothing_to_mask(text: str) -> None:
    masked, found = mask_identities(text)
    assert len(masked) == len(text)
    assert found == (masked != text)
    assert find_private(masked) == ()


@given(DIGITS_AND_WORDS)
def test_every_private_number_lies_in_the_text_and_none_overlaps_another(text: str) -> None:
    end = 0
    for private in find_private(text):
        assert end <= private.start < private.end <= len(text)
        end = private.end


@pytest.mark.parametrize(
    "said",
    [
        "身份证110101那个19900307啊0038",
        "一一零一零一一九九零零三零七零零那个三八",
        "一一零一零一一九九零令三零七零零三八，谢谢",
    ],
)
def test_an_identity_number_said_haltingly_or_misheard_is_starred(said: str) -> None:
    masked, found = mask_identities(said)
    assert found
    assert len(masked) == len(said)
    assert masked.count("*") >= 18
    assert not any(c.isdigit() or c in "零一三七八九" for c in masked)
