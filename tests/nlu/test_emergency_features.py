from hypothesis import given
from hypothesis import strategies as st

from nlu.emergency_features import condensed, features
from nlu.emergency_table import read, sign_in


def seen(text: str) -> dict[str, int]:
    reading = read(text, letter=False)
    return features(reading, sign_in(reading))


def test_marks_and_blanks_are_left_out_and_a_number_is_one_digit() -> None:
    assert condensed("3号楼, 12层！") == ("0号楼0层", [0, 1, 2, 5, 7])


def test_a_run_of_characters_has_the_place_where_it_ends_first() -> None:
    found = seen("快来，楼着火，着火")
    assert found["着火"] == 5
    assert found["来楼着"] == 4


def test_what_is_not_told_of_now_is_another_feature() -> None:
    assert "着火" in seen("楼着火了")
    assert "着火" not in seen("万一楼着火了")
    assert "~着火" in seen("万一楼着火了")


def test_figures_of_speech_are_not_told_of_now() -> None:
    assert "~死我" in seen("笑死我了")


def test_words_of_the_table_and_ways_of_speaking_are_seen() -> None:
    found = seen("我妈刚才晕倒了")
    assert found["words:kin"] == found["way:now"] == found["sign:medical"] == -1
    assert "way:fiction" in seen("电影里有人晕倒")
    assert "sign:None" in seen("路灯坏了")


@given(st.text(max_size=40))
def test_every_run_stands_where_it_is_said_to(text: str) -> None:
    for name, place in seen(text).items():
        assert -1 <= place < max(1, len(text))
        assert place == -1 or ":" not in name
