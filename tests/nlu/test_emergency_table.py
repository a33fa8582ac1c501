import pytest

from nlu.emergency_kinds import EmergencyKind
from nlu.emergency_table import SIGNS, Found, read, sign_in


def sign(text: str, *, letter: bool = False) -> Found | None:
    return sign_in(read(text, letter=letter))


def now_in(text: str) -> str:
    """The characters that tell of now."""
    reading = read(text, letter=False)
    return "".join(c for i, c in enumerate(text) if reading.present >> i & 1)


def test_a_sign_has_its_kind_and_the_place_of_its_last_word() -> None:
    found = sign("三楼着火了")
    assert found is not None
    assert (found.kind, found.start, found.end) == (EmergencyKind.FIRE, 2, 4)
    assert found.line in SIGNS[EmergencyKind.FIRE]
    assert sign("路灯坏了") is None


def test_of_two_kinds_the_cause_comes_first() -> None:
    found = sign("我爸晕倒了，厨房着火了")
    assert found is not None
    assert found.kind is EmergencyKind.FIRE


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("楼道着火了", "楼道着火了"),
        ("电影里着火了。", ""),
        ("去年着火，今天又着火", "今天又着火"),
        ("三楼着火，万一烧上来", "三楼着火，"),
    ],
)
def test_what_is_told_of_now_is_marked(text: str, now: str) -> None:
    assert now_in(text) == now


def test_a_misheard_word_is_read_as_meant_and_keeps_its_length() -> None:
    assert read("我爸晕道了", letter=False).said == "我爸晕倒了"


def test_what_only_sounds_like_danger_is_blank() -> None:
    reading = read("笑死我了", letter=False)
    assert reading.blank
    assert reading.said == "笑死我了"


def test_in_a_letter_only_what_is_said_to_be_now_counts() -> None:
    assert sign("楼道着火了", letter=True) is None
    assert sign("楼道正在着火", letter=True) is not None
