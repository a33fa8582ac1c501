from nlu.address_shapes import SHAPES, in_a_sentence


def test_there_are_twenty_shapes_each_with_one_place_for_the_address() -> None:
    assert len(set(SHAPES)) == 20
    assert all(shape.count("{address}") == 1 for shape in SHAPES)


def test_the_address_stands_first_last_and_in_the_middle() -> None:
    starts = sum(shape.startswith("{address}") for shape in SHAPES)
    ends = sum(shape.endswith("{address}") for shape in SHAPES)
    assert starts >= 3
    assert ends >= 2
    assert len(SHAPES) - starts - ends >= 10


def test_shapes_are_counted_round() -> None:
    assert in_a_sentence("清河苑", 0) == in_a_sentence("清河苑", 20)
    assert in_a_sentence("清河苑", 0) != in_a_sentence("清河苑", 1)
    assert in_a_sentence("{0}", 3).count("{0}") == 1
