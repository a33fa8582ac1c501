from random import Random

import pytest

from nlu.address_features import features
from nlu.address_tagger import OUTSIDE, read_model
from nlu.address_training import (
    as_read,
    examples,
    examples_without_addresses,
    labelled,
    made_rough,
    may_name_a_place,
    texts_of,
    train,
)
from nlu.pauses import fluent


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


CLEAN = [(None, "我住"), ("community", "清河苑"), ("building", "3号楼"), (None, "，没电。快来")]


def test_a_sentence_is_labelled_as_the_tagger_is_given_it() -> None:
    text, labels = labelled(CLEAN)
    glyphs = [*zip(text, range(len(text)), strict=True)]
    first, second = as_read(glyphs, labels)
    assert (first[0].text, first[1]) == ("我住清河苑3号楼，没电", labels[:11])
    assert (second[0].text, second[1]) == ("快来", [OUTSIDE] * 2)


def test_what_is_put_into_a_piece_leaves_it_whole() -> None:
    text, labels = labelled(CLEAN[:3])
    glyphs = [*zip(text, range(len(text)), strict=True)]
    glyphs[3:3] = [("那", -1), ("个", -1)]
    glyphs[7:7] = [glyphs[6]] * 2  # drawn out: 清那个河苑苑苑
    ((said, right),) = as_read(glyphs, labels)
    assert said.text == "我住清河苑3号楼"
    assert right == labels


def test_rough_sentences_keep_a_label_for_every_character() -> None:
    text, labels = labelled(CLEAN)
    made = [made_rough(text, labels, Random(seed)) for seed in range(60)]
    assert 20 < sum("".join(c for c, _ in glyphs) != text for glyphs in made) < 60
    for glyphs in made:
        for said, right in as_read(glyphs, labels):
            assert len(right) == len(said.text)
            assert sum(label[0] == "B" for label in right) <= 2


def test_a_model_is_learnt_from_made_sentences() -> None:
    pytest.importorskip("pycrfsuite")
    model = read_model(train(sentences=120, seed=1))
    text = "我住在清河路12号"
    labels = model.best(features(fluent(text)))
    assert "B-road" in labels
    assert labels[0] == "O"
