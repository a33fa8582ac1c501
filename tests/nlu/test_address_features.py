import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.address_features import divisions_in, features, kind_of, nearest_suffixes, suffixes_in
from nlu.pauses import fluent


@given(st.text(max_size=50))
def test_every_character_has_features(text: str) -> None:
    said = fluent(text)
    seen = features(said)
    assert len(seen) == len(said.text)
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
    assert features(fluent("清河苑3号楼")) == features(fluent("清河苑8号楼"))


def test_what_stands_around_a_number_is_seen() -> None:
    (digit,) = [names for names in features(fluent("路5号")) if "c=0" in names]
    assert {"d1=路号", "d2=号", "d4=路", "d6=road号"} <= set(digit)


def test_divisions_are_known_with_and_without_their_ending() -> None:
    assert divisions_in("北京市朝阳区") == ["pB", "pI", "pE", "dB", "dI", "dE"]
    assert divisions_in("去北京吧") == ["", "pB", "pE", ""]


def test_the_nearest_suffix_is_told_with_its_distance_and_not_beyond_a_mark() -> None:
    text = "溪东路，甲"
    ahead, behind = nearest_suffixes(suffixes_in(text), [kind_of(c) for c in text])
    assert ahead == ["road2", "road1", "", "", ""]
    assert behind == ["^", "^", "^", "^", "^"]


def test_a_pause_is_known_where_it_was_made_and_changes_nothing_else() -> None:
    smooth, halting = features(fluent("住清河苑3号楼")), features(fluent("住清河苑那个3号楼"))
    told = [set(after) - set(before) for before, after in zip(smooth, halting, strict=True)]
    assert [bool(names) for names in told] == [False, False, False, True, True, False, False]
    assert all(set(before) <= set(after) for before, after in zip(smooth, halting, strict=True))


def test_characters_that_sound_alike_have_a_feature_in_common() -> None:
    def sounds(text: str) -> str:
        return next(name for name in features(fluent(text))[-1] if name.startswith("y="))

    assert sounds("清河路") == sounds("清河陆") != sounds("清河街")


def test_blanks_are_one_feature_whichever_they_are() -> None:
    assert features(fluent("云溪路 12")) == features(fluent("云溪路\n12"))
