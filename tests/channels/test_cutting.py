from hypothesis import given
from hypothesis import strategies as st

from channels.cutting import cut

TEXTS = st.text(st.sampled_from("门口的灯坏了。，！\n abc🙂𠮷"), max_size=200)


@given(text=TEXTS, limit=st.integers(8, 300))
def test_a_part_fits_and_nothing_is_lost(text: str, limit: int) -> None:
    begun, rest = cut(text, limit)
    assert len(begun.encode()) <= limit
    assert "".join((begun + rest).split()) == "".join(text.split())
    assert begun or not text.strip()


@given(text=TEXTS, limit=st.integers(8, 300))
def test_reading_on_comes_to_an_end(text: str, limit: int) -> None:
    rest = text
    for _ in range(len(text) + 1):
        _, rest = cut(rest, limit)
    assert rest == ""


def test_it_is_cut_at_the_end_of_a_sentence() -> None:
    assert cut("先到窗口登记。再去银行交费，带上收据。", 40) == (
        "先到窗口登记。",
        "再去银行交费，带上收据。",
    )


def test_a_sentence_that_is_too_long_is_cut_at_a_pause() -> None:
    begun, rest = cut("带上身份证和户口本，再带上租房合同和房东的身份证复印件", 40)
    assert (begun, rest) == ("带上身份证和户口本，", "再带上租房合同和房东的身份证复印件")


def test_no_character_is_halved() -> None:
    begun, rest = cut("灯" * 10, 10)
    assert (begun, rest) == ("灯" * 3, "灯" * 7)


@given(text=TEXTS, units=st.integers(4, 150))
def test_a_limit_may_be_in_units_of_utf_16(text: str, units: int) -> None:
    begun, rest = cut(text, 2 * units, "utf-16-le")
    assert len(begun.encode("utf-16-le")) <= 2 * units
    assert "".join((begun + rest).split()) == "".join(text.split())
