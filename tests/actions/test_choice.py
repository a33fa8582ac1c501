import pytest

from actions.choice import chosen


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("第二个", 1),
        ("2", 1),
        ("选2", 1),
        ("二号", 1),
        ("B", 1),
        ("我要问的是第三条", 2),
        ("第一", 0),
        ("头一个", 0),
        ("上面那个", 0),
        ("最后一个", -1),
        ("倒数第一个", -1),
        ("后面那条", -1),
        ("清河苑5号楼", None),
        ("13800000000", None),
        ("给我说一下", None),
        ("第一次来，不太懂", None),
    ],
)
def test_which_one_is_chosen(said: str, place: int | None) -> None:
    assert chosen(said) == place
