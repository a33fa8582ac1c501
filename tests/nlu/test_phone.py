import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.phone import find_phones, looks_mistyped, mask_phones

DIGITS_AND_WORDS = st.text("0123456789-+ .转幺一二三八零电话座机Xx是，()", max_size=40) | st.text(
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
        ("138.0000.0000", "13800000000"),
        ("1 3 8 0 0 0 0 0 0 0 0", "13800000000"),
        ("1380 000 0000", "13800000000"),
        ("+86 13800000000", "13800000000"),
        ("（+86）138 0000 0000", "13800000000"),
        ("0086 138 0000 0000", "13800000000"),
        ("013800000000", "13800000000"),
        ("13912345678微信同号", "13912345678"),
        ("幺三八零零零零零零零零", "13800000000"),
        ("一三九洞洞洞洞拐拐拐拐", "13900007777"),
        ("一三八 零零零零 零零零一", "13800000001"),
        ("138零零零零零零零零", "13800000000"),
        ("一五八两两三三四四五五", "15822334455"),
        ("打一三八零零零零零零零零一下", "13800000000"),
        ("座机010-60000000", "010-60000000"),
        ("010 60000000", "010-60000000"),
        ("（010）6000 0000", "010-60000000"),
        ("+86-10-60000000", "010-60000000"),
        ("0312-2000000", "0312-2000000"),
        ("010-60000000转801", "010-60000000转801"),
        ("010-60000000-801", "010-60000000转801"),
        ("座机60001234", "60001234"),
        ("零一零 六零零零一二三四", "010-60001234"),
    ],
)
def test_a_number_is_found_however_it_is_written(said: str, number: str) -> None:
    assert [phone.number for phone in find_phones(said)] == [number]


@pytest.mark.parametrize(
    "said",
    [
        *("12345", "工单LL20260101-0001-2", "23800000000", AN_IDENTITY, "110101 19900307 0038"),
        *("2026年3月5日", "3号楼", "2026-11-23 10:30", "从2013到2026", "交了13000元", "60001234吨"),
        *("订单138000000001234", "6222 0213 8000 0000 005", "一三五限行二四六不限行", "1380000000"),
    ],
)
def test_other_digits_are_no_phone(said: str) -> None:
    assert find_phones(said) == ()


@pytest.mark.parametrize(
    "said", ["我打了12345", "拨打110", "物业400-000-0000", "4000000000", "800-000-0000", "95598"]
)
def test_a_hotline_is_nobodys_to_be_called_back_on(said: str) -> None:
    assert find_phones(said) == ()


def test_every_number_of_a_text_is_found_in_order() -> None:
    found = find_phones("138 0000 0000 13900000001、座机010-60000000")
    assert [p.number for p in found] == ["13800000000", "13900000001", "010-60000000"]


@given(DIGITS_AND_WORDS)
def test_every_number_lies_in_the_text_and_none_overlaps_another(text: str) -> None:
    end = 0
    for phone in find_phones(text):
        assert end <= phone.start < phone.end <= len(text)
        assert len(phone.number.replace("-", "").replace("转", "")) <= phone.end - phone.start
        end = phone.end


@given(DIGITS_AND_WORDS)
def test_masks_keep_the_length(text: str) -> None:
    assert len(mask_phones(text)) == len(text)


@given(DIGITS_AND_WORDS)
def test_a_masked_text_holds_no_number(text: str) -> None:
    assert find_phones(mask_phones(text)) == ()


@given(MOBILES)
def test_no_mobile_number_outlives_its_mask(number: str) -> None:
    masked = mask_phones(f"我电话{number}，急")
    assert masked == f"我电话{number[:3]}****{number[7:]}，急"


@given(MOBILES, st.sampled_from([" ", "-", ".", "·", ""]))
def test_a_gap_does_not_hide_a_mobile_number(number: str, gap: str) -> None:
    said = gap.join((number[:3], number[3:7], number[7:]))
    assert [phone.number for phone in find_phones(f"我是{said}")] == [number]


@pytest.mark.parametrize(
    "said", ["1380000000", "电话138000000000", "138 0000 000", "幺三八零零零零零零零"]
)
def test_a_digit_too_few_or_many_looks_mistyped(said: str) -> None:
    assert looks_mistyped(said)


@pytest.mark.parametrize("said", ["13800000000", "20号", "我没电话", "一三五限行", "010-60000000"])
def test_a_whole_number_or_none_does_not_look_mistyped(said: str) -> None:
    assert not looks_mistyped(said)
