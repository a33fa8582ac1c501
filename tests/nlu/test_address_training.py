import numpy as np
import pytest

from nlu.address_features import features
from nlu.address_tagger import read_model
from nlu.address_training import (
    characters_like,
    examples,
    examples_without_addresses,
    labelled,
    may_name_a_place,
    misheard,
    texts_of,
    train,
)


def test_each_character_is_labelled_with_the_beginning_of_its_piece() -> None:
    text, labels = labelled([(None, "住"), ("road", "溪东路"), ("number", "4号")])
    assert text == "住溪东路4号"
    assert labels == ["O", "B-road", "I-road", "I-road", "B-number", "I-number"]


@pytest.mark.parametrize(
    "text", ["[清河苑](address)停水", "清河苑3号楼停水", "住在溪东路的人", "云溪街道怎么走"]
)
def test_what_may_name_a_place_is_told(text: str) -> None:
    assert may_name_a_place(text)


@pytest.mark.parametrize("text", ["我们小区停水", "马路上没灯", "居住证怎么办", "谢谢"])
def test_what_names_no_place_is_kept(text: str) -> None:
    assert not may_name_a_place(text)


def test_examples_are_read_from_intents_and_categories() -> None:
    assert list(texts_of("- 一\n- 二\n")) == ["一", "二"]
    assert list(texts_of({"甲": ["一"], "乙": ["二"]})) == ["一", "二"]
    kept = examples_without_addresses()
    assert 1000 < len(kept) < len(list(examples()))


def test_slips_of_sound_keep_the_length_and_the_marks() -> None:
    text = "云溪街道清河苑3号楼，没电。" * 20
    slipped = [misheard(text, np.random.default_rng(seed)) for seed in range(30)]
    assert all(len(one) == len(text) for one in slipped)
    assert all(one.count("，") == 20 and one.count("3") == 20 for one in slipped)
    assert 5 <= sum(one != text for one in slipped) <= 20


def test_a_character_is_like_those_of_its_sound_and_near_it() -> None:
    alike = characters_like("镇")
    assert {"阵", "真", "争"} <= set(alike)
    assert "镇" not in alike
    assert characters_like("3") == ()


def test_a_model_is_learnt_from_made_sentences() -> None:
    pytest.importorskip("pycrfsuite")
    model = read_model(train(sentences=120, seed=1))
    text = "我住在清河路12号"
    labels = model.best(features(text))
    assert "B-road" in labels
    assert labels[0] == "O"
