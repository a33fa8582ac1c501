import pytest

from nlu.sounds import folded, near, syllables


@pytest.mark.parametrize(
    ("character", "expected"),
    [("业", ("ye",)), ("绿", ("lv", "lu")), ("行", ("xing", "hang")), ("a", ()), ("，", ())],
)
def test_a_character_has_its_usual_syllables(character: str, expected: tuple[str, ...]) -> None:
    assert syllables(character) == expected


@pytest.mark.parametrize(
    ("one", "other"), [("zhang", "zan"), ("ning", "lin"), ("cheng", "cen"), ("shi", "si")]
)
def test_what_is_mixed_up_folds_into_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("ye", "yi"), ("tong", "tan"), ("la", "li")])
def test_what_sounds_otherwise_stays_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize("syllable", ["zhang", "nan", "cheng", "si", "lin", "guang"])
def test_near_syllables_fold_into_the_same(syllable: str) -> None:
    assert near(syllable)
    assert all(folded(other) == folded(syllable) and other != syllable for other in near(syllable))
