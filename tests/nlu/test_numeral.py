import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.numeral import SPOKEN_DIGITS, value


@pytest.mark.parametrize(
    ("said", "number"),
    [
        *(
            ("12", 12),
            ("十", 10),
            ("十二", 12),
            ("二十", 20),
            ("二十三", 23),
            ("两", 2),
            ("廿三", 23),
        ),
        *(("二〇二六", 2026), ("零五", 5), ("〇", 0), ("三十一", 31)),
    ],
)
def test_a_numeral_is_read(said: str, number: int) -> None:
    assert value(said) == number


@pytest.mark.parametrize("said", ["", "十二十", "百", "二十二十", "楼"])
def test_what_is_no_numeral_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        value(said)


@given(st.text("零〇一二两三四五六七八九十廿0123456789", max_size=4))
def test_a_numeral_is_a_number_or_refused(said: str) -> None:
    try:
        number = value(said)
    except ValueError:
        return
    assert 0 <= number <= 9999


def test_digits_are_called_out_one_character_each() -> None:
    assert "幺三八洞拐勾".translate(SPOKEN_DIGITS) == "138079"
