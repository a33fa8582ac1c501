from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.address_tagger import (
    EXTRA,
    LEVELS,
    Model,
    pack_model,
    read_model,
    tag,
    the_model,
)

LABELS = ("B-road", "I-road", "O")
WEIGHTS = st.integers(-300, 300).map(lambda hundredths: hundredths / 100)
FEATURES = ("a", "b", "c")


def test_pieces_carry_a_level_and_do_not_overlap() -> None:
    pieces = tag("我住云溪街道清河苑3号楼2单元501室，楼道灯坏了")
    assert [(p.label, p.start, p.end) for p in pieces] == [
        ("street", 2, 6),
        ("community", 6, 9),
        ("building", 9, 12),
        ("unit", 12, 15),
        ("room", 15, 19),
    ]


@given(st.text(max_size=60))
def test_any_text_is_taken(text: str) -> None:
    end = 0
    for piece in tag(text):
        assert piece.label in {*LEVELS, EXTRA}
        assert end <= piece.start < piece.end <= len(text)
        end = piece.end


def test_the_model_knows_each_level() -> None:
    assert {label[2:] for label in the_model().labels if label != "O"} == {*LEVELS, EXTRA}


def toy(transitions: dict[tuple[str, str], float], weights: dict[tuple[str, str], float]) -> Model:
    return read_model(pack_model(LABELS, transitions, weights))


def test_a_packed_model_has_the_weights_it_was_made_of() -> None:
    model = toy({("B-road", "I-road"): 1.25}, {("a", "O"): -0.5, ("b", "B-road"): 2.0})
    assert model.labels == LABELS
    assert model.transitions[0, 1] == pytest.approx(1.25)
    assert model.weights[model.rows["a"]].tolist() == pytest.approx([0, 0, -0.5])
    assert model.weights[model.rows["b"]].tolist() == pytest.approx([2, 0, 0])


def test_the_same_weights_make_the_same_bytes() -> None:
    weights = {("b", "O"): 1.0, ("a", "B-road"): 2.0}
    assert pack_model(LABELS, {}, weights) == pack_model(
        LABELS, {}, dict(reversed(weights.items()))
    )


def test_weights_too_small_to_matter_are_left_out() -> None:
    assert "a" not in toy({}, {("a", "O"): 0.004}).rows


def test_a_piece_never_goes_on_that_has_not_begun() -> None:
    model = toy({}, {("a", "I-road"): 9.0})
    labels = model.best([["a"], ["a"], ["a"]])
    assert labels[0] == "B-road"


@settings(max_examples=60)
@given(
    st.dictionaries(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), WEIGHTS),
    st.dictionaries(st.tuples(st.sampled_from(FEATURES), st.sampled_from(LABELS)), WEIGHTS),
    st.lists(st.lists(st.sampled_from((*FEATURES, "unseen")), min_size=1), max_size=5),
)
def test_the_best_labels_score_as_high_as_any(
    transitions: dict[tuple[str, str], float],
    weights: dict[tuple[str, str], float],
    seen: list[list[str]],
) -> None:
    model = toy(transitions, weights)

    def score(path: tuple[str, ...]) -> float:
        places = [LABELS.index(label) for label in path]
        rows = [[model.rows.get(name, len(model.rows)) for name in names] for names in seen]
        total = float(model.starts[places[0]]) if places else 0.0
        total += sum(float(model.transitions[a, b]) for a, b in pairwise(places))
        return total + sum(
            float(np.sum(model.weights[r, p])) for r, p in zip(rows, places, strict=True)
        )

    best = max(score(path) for path in product(LABELS, repeat=len(seen)))
    assert score(tuple(model.best(seen))) == pytest.approx(best, abs=1e-3)
