import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.plate import PROVINCES, PlateKind, find_plates

PLATES = st.builds(
    "{}{}{}".format,
    st.sampled_from(PROVINCES),
    st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ"),
    st.from_regex(r"[A-HJ-NP-Z0-9]{3}[0-9]{2}", fullmatch=True),
)
PLATE_LIKE = st.text("京沪粤AaDIO1 23一·使警学挂港牌号车", max_size=30) | st.text(max_size=30)


@pytest.mark.parametrize(
    ("said", "number", "kind"),
    [
        ("京A12345堵门", "京A12345", PlateKind.ORDINARY),
        ("京a 12345", "京A12345", PlateKind.ORDINARY),
        ("冀F·8Q2K7", "冀F8Q2K7", PlateKind.ORDINARY),
        ("京-N-0AB12", "京N0AB12", PlateKind.ORDINARY),
        ("京AD12345", "京AD12345", PlateKind.NEW_ENERGY),
        ("沪A12345D大巴", "沪A12345D", PlateKind.NEW_ENERGY),
        ("京A·0006警", "京A0006警", PlateKind.ORDINARY),
        ("京A·F023学", "京AF023学", PlateKind.ORDINARY),
        ("粤Z·F023港", "粤ZF023港", PlateKind.ORDINARY),
        ("川AIO123", "川A10123", PlateKind.ORDINARY),
        ("京A幺二三四五", "京A12345", PlateKind.ORDINARY),
        ("车牌号A12345", "A12345", PlateKind.ORDINARY),
        ("224578使占道", "224578使", PlateKind.EMBASSY),
    ],
)
def test_a_plate_is_found_however_it_is_written(said: str, number: str, kind: PlateKind) -> None:
    assert [(plate.number, plate.kind) for plate in find_plates(said)] == [(number, kind)]


@pytest.mark.parametrize(
    "said",
    [
        *(
            "北京A座12345",
            "新A栋3单元",
            "云A",
            "京I12345",
            "京A123456",
            "京A1234",
            "224578使用",
            "",
        ),
        *("LL20261123-0042-7", "WIFI12345", "13800000000", "京ABCDEF"),
    ],
)
def test_other_words_are_no_plate(said: str) -> None:
    assert find_plates(said) == ()


def test_every_plate_of_a_text_is_found_with_its_place() -> None:
    text = "京QK1234、京NB1C23天天堵着"
    assert [(p.number, text[p.start : p.end]) for p in find_plates(text)] == [
        ("京QK1234", "京QK1234"),
        ("京NB1C23", "京NB1C23"),
    ]


@given(PLATES, st.sampled_from(["", " ", "·", "-"]), st.booleans())
def test_a_plate_is_found_with_any_gap_in_either_case(number: str, gap: str, lower: bool) -> None:
    said = f"{number[:2]}{gap}{number[2:]}"
    assert [p.number for p in find_plates(said.lower() if lower else said)] == [number]


@given(PLATE_LIKE)
def test_every_plate_lies_in_the_text_and_none_overlaps_another(text: str) -> None:
    end = 0
    for plate in find_plates(text):
        assert end <= plate.start < plate.end <= len(text)
        assert 6 <= len(plate.number) <= 8
        assert not set(plate.number) & set("IO")
        end = plate.end


@pytest.mark.parametrize(
    ("said", "number"), [("湖A12345堵门", "沪A12345"), ("车牌传A10123", "川A10123")]
)
def test_a_province_misheard_is_the_one_that_sounds_so(said: str, number: str) -> None:
    assert [plate.number for plate in find_plates(said)] == [number]


@pytest.mark.parametrize("said", ["编号A12345", "今A12345", "是B12345", "工号AB1234"])
def test_a_character_that_sounds_like_no_province_or_several_begins_no_plate(said: str) -> None:
    assert find_plates(said) == ()
