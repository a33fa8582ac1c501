import numpy as np
import pytest

from nlu.emergency_kinds import EmergencyKind
from nlu.emergency_model import KINDS, Model, Weights, pack_model, read_model, the_model
from nlu.emergency_table import HELP, SIGNS

FIRE, GAS = KINDS.index(EmergencyKind.FIRE), KINDS.index(EmergencyKind.GAS)


@pytest.fixture
def packed() -> bytes:
    urgent = Weights(("万一", "着火", "的"), np.array([[-3.0], [4.26], [0.01]]), np.array([-1.0]))
    kinds = Weights(("气", "着火"), np.zeros((2, len(KINDS))), np.zeros(len(KINDS)))
    kinds.values[0, GAS] = kinds.values[1, FIRE] = 2.0
    return pack_model(urgent, kinds, enough=0.6, sure={"没气"})


@pytest.fixture
def model(packed: bytes) -> Model:
    return read_model(packed)


def test_what_was_packed_is_read_to_a_tenth_and_what_weighs_nothing_is_dropped(
    model: Model,
) -> None:
    assert model.urgent == {"万一": -3.0, "着火": 4.3}
    assert model.enough == 0.6
    assert model.sure == frozenset({"没气"})


def test_features_weigh_the_less_the_more_there_are(model: Model) -> None:
    assert model.probability(["着火"]) == pytest.approx(1 / (1 + np.exp(1 - 4.3)))
    assert model.probability(["着火", "没见过", "也没", "还没"]) == pytest.approx(
        1 / (1 + np.exp(1 - 4.3 / 2))
    )
    assert model.probability([]) == pytest.approx(1 / (1 + np.e))


def test_the_likeliest_kind_is_told(model: Model) -> None:
    assert model.kind(["着火"]) is EmergencyKind.FIRE
    assert model.kind(["气", "没见过"]) is EmergencyKind.GAS


def test_the_run_that_speaks_most_for_an_emergency_is_told(model: Model) -> None:
    assert model.telling({"万一": 1, "着火": 3, "way:now": -1}) == 3
    assert model.telling({"没见过": 2}) is None


def test_the_same_weights_are_the_same_bytes(packed: bytes) -> None:
    model = read_model(packed)
    urgent = Weights(
        tuple(model.urgent), np.array([[w] for w in model.urgent.values()]), np.array([model.bias])
    )
    kinds = Weights(tuple(model.rows), model.kinds, model.kinds_bias)
    assert pack_model(urgent, kinds, enough=model.enough, sure=model.sure) == packed


def test_the_model_that_comes_with_the_program_trusts_only_lines_of_the_table() -> None:
    lines = {line for each in (*SIGNS.values(), HELP) for line in each}
    assert the_model().sure
    assert the_model().sure < lines
    assert 0 < the_model().enough < 1
