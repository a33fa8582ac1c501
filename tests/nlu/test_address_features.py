import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.address_features import divisions_in, features, kind_of, nearest_suffixes, suffixes_in


@given(st.text(max_size=50))
def test_every_character_has_features(text: str) -> None:
    seen = features(text)
    assert len(seen) == len(text)
    assert all(seen)


@pytest.mark.parametrize(
    ("character", "kind"),
    [
        ("5", "0"),
        ("五", "1"),
        ("〇", "1"),
        ("B", "A"),
        ("溪", "H"),
        ("-", "-"),
        (" ", "_"),
        ("，", "P"),
    ],
)
def test_characters_are_of_a_kind(character: str, kind: str) -> None:
    assert kind_of(character) == kind


def test_numbers_look_alike_whatever_their_digits() -> None:
    assert features("清河苑3号楼") == features("清河苑8号楼")


def test_what_stands_around_a_number_is_seen() -> None:
    (digit,) = [names for names in features("路5号") if "c=0" in names]
    assert {"d1=路号", "d2=号", "d4=路", "d6=road号"} <= set(digit)


def test_divisions_are_known_with_and_without_their_ending() -> None:
    assert divisions_in("北京市朝阳区") == ["pB", "pI", "pE", "dB", "dI", "dE"]
    assert divisions_in("去北京吧") == ["", "pB", "pE", ""]


def test_the_nearest_suffix_is_told_with_its_distance_and_not_beyond_a_mark() -> None:
    text = "溪东路，甲"
    ahead, behind = nearest_suffixes(suffixes_in(text), [kind_of(c) for c in text])
    assert ahead == ["road2", "road1", "", "", ""]
    assert behind == ["^", "^", "^", "^", "^"]
