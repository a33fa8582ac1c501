from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu import roughening
from nlu.roughening import Unaligned, rough, roughened, said_in, slip, written
from nlu.sounds import near, syllables
from nlu.text import HAN

LONG = "春晖里三号楼电梯又停了，楼道灯也不亮，老人下不去，麻烦派人来看看。" * 300


@given(st.integers(), st.integers(1, 50))
def test_the_same_seed_makes_the_same_row(seed: int, number: int) -> None:
    row = {"text": "楼道的灯坏了，3号楼没人修。", "category": "城乡建设"}
    assert roughened(row, seed, number) == roughened(row, seed, number)


def test_rows_of_one_file_get_different_noise() -> None:
    row = {"text": LONG}
    assert len({roughened(row, 1, number)["text"] for number in range(5)}) == 5


def test_labels_that_do_not_stand_in_the_text_are_left_as_they_are() -> None:
    row = {"text": "灯坏了", "category": "城乡建设", "kind": "报修", "emergency": None, "n": 3}
    rest = {name: value for name, value in roughened(row, 1, 1).items() if name != "text"}
    assert rest == {"category": "城乡建设", "kind": "报修", "emergency": None, "n": 3}


@given(st.integers(0, 500))
def test_address_and_parts_stand_in_the_text_made_rough(number: int) -> None:
    row = {
        "text": "你好，望溪家园２栋3单元的灯坏了，3单元没人管。",
        "address": "望溪家园２栋3单元",
        "parts": [["poi", "望溪家园"], ["building", "２栋"], ["unit", "3单元"]],
    }
    result = roughened(row, 7, number)
    assert result["address"] in result["text"]
    assert [name for name, _ in result["parts"]] == ["poi", "building", "unit"]
    assert "".join(said for _, said in result["parts"]) == result["address"]


def test_an_address_alone_is_what_is_said() -> None:
    row = {"address": "望溪路12号", "parts": [["road", "望溪路"], ["number", "12号"]]}
    rows = [roughened(row, 1, number) for number in range(40)]
    assert all(all(said in r["address"] for _, said in r["parts"]) for r in rows)
    assert any(r["address"] != "望溪路12号" for r in rows)


@pytest.mark.parametrize(
    "row",
    [
        {"text": "灯坏了", "address": "望溪路"},
        {"text": "望溪路灯坏了", "address": "望溪路", "parts": [["road", "望江路"]]},
    ],
)
def test_a_label_that_should_stand_in_the_text_and_does_not_is_told(row: dict[str, object]) -> None:
    with pytest.raises(Unaligned, match="does not stand"):
        roughened(row, 1, 1)


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ({"title": "a", "text": "b", "address": "b"}, ["title", "text"]),
        ({"query": "a", "question": "b"}, ["query"]),
        ({"question": "a", "document": "b"}, ["question"]),
        ({"address": "a", "parts": []}, ["address"]),
        ({"text": None, "n": 1}, []),
    ],
)
def test_what_residents_say_is_made_rough_and_nothing_else(
    row: dict[str, object], fields: list[str]
) -> None:
    assert said_in(row) == fields


def test_slips_come_at_their_rate_and_sound_alike() -> None:
    glyphs = list(zip(LONG, range(len(LONG)), strict=True))
    pairs = [(a, b) for a, (b, _) in zip(LONG, slip(glyphs, Random(3)), strict=True) if a != b]
    share = len(pairs) / len(HAN.findall(LONG))
    assert abs(share - roughening.SLIP) < 0.01
    for meant, hit in pairs:
        sound = syllables(meant)[0]
        assert syllables(hit)[0] in {sound, *near(sound)}


def test_only_what_was_put_in_comes_from_nowhere() -> None:
    glyphs = rough(LONG, Random(5))
    places = [place for _, place in glyphs if place >= 0]
    assert places == sorted(places)
    assert len(glyphs) > len(places)


@given(st.text(max_size=40), st.integers(0, 99))
def test_any_text_can_be_made_rough(text: str, seed: int) -> None:
    assert isinstance(written(rough(text, Random(seed))), str)
