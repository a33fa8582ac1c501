import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import encoder
from knowledge.encoder import (
    CARD,
    LEARNT,
    AdaptedEncoder,
    EncoderError,
    StaticEncoder,
    load_encoder,
    random_rows,
)
from knowledge.training import deal, draw, train

GROUPS = [
    ["借书证怎么办", "图书卡在哪领", "想去看书要什么证"],
    ["游泳馆几点开", "泳池营业时间", "什么时候能下水"],
    ["花种子哪里换", "月季苗送给谁", "向日葵有人要吗"],
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> StaticEncoder:
    start = random_rows(count=512, dimension=32)
    return train(
        GROUPS, tmp_path_factory.mktemp("home") / "encoder", start=start, rounds=30, rate=2e-2
    )


def likeness(encoder: StaticEncoder, one: str, other: str) -> float:
    return float(encoder.encode([one])[0] @ encoder.encode([other])[0])


def test_vectors_have_length_one_and_nothing_said_has_none() -> None:
    vectors = StaticEncoder(random_rows(count=512), "x").encode(["借书证", "！"])
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0], abs=1e-6)


def test_shared_terms_make_texts_alike_without_training() -> None:
    untrained = StaticEncoder(random_rows(), "x")
    near = likeness(untrained, "龙潭湖皮划艇", "皮划艇在龙潭湖")
    assert near > 0.5 > abs(likeness(untrained, "龙潭湖皮划艇", "咖啡豆"))


def test_training_brings_sentences_of_one_meaning_together(trained: StaticEncoder) -> None:
    untrained = StaticEncoder(random_rows(count=512, dimension=32), "x")
    pair = ("图书卡在哪领", "想去看书要什么证")
    assert likeness(trained, *pair) > likeness(untrained, *pair) + 0.2
    assert likeness(trained, *pair) > likeness(trained, "图书卡在哪领", "什么时候能下水") + 0.2


def test_the_same_groups_train_the_same_encoder(trained: StaticEncoder, tmp_path: Path) -> None:
    start = random_rows(count=512, dimension=32)
    again = train(GROUPS, tmp_path / "encoder", start=start, rounds=30, rate=2e-2)
    assert again.name == trained.name


def test_a_trained_encoder_is_loaded_as_it_was(trained: StaticEncoder) -> None:
    loaded = load_encoder(trained.source)
    assert loaded.name == trained.name
    assert loaded.encode(GROUPS[0]).tolist() == trained.encode(GROUPS[0]).tolist()


def test_sentence_transformers_gives_the_same_vectors_as_numpy(trained: StaticEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(trained.source, device="cpu")
    written = " ".join(map(str, encoder.buckets("借书证怎么办", 512)))
    theirs = encoder.unit_length(model.encode([written], convert_to_numpy=True))
    assert theirs[0] == pytest.approx(trained.encode(["借书证怎么办"])[0], abs=1e-5)


def test_a_trained_folder_can_be_loaded_as_any_sentence_transformers_model(
    trained: StaticEncoder, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for path in Path(trained.source).iterdir():
        if path.is_file() and path.name != CARD:
            (folder / path.name).write_bytes(path.read_bytes())
    model = load_encoder(folder, "12 ")
    assert model.dimension == 32
    assert model.name != str(folder)
    assert model.encode_queries(["7"])[0] == pytest.approx(model.encode(["12 7"])[0], abs=1e-6)


def test_no_two_pairs_of_one_group_stand_in_one_batch() -> None:
    group_of = {text: number for number, group in enumerate(GROUPS) for text in group}
    batches = draw(GROUPS, rounds=20, batch=2, seed=1)
    assert len(batches) == 20
    for (one, same), (other, _) in batches:
        assert group_of[one] == group_of[same] != group_of[other]


@given(st.lists(st.tuples(st.text(max_size=3), st.sampled_from("甲乙丙丁"))), st.integers(2, 5))
def test_pairs_are_dealt_once_a_round_with_equal_questions_apart(
    pairs: list[tuple[str, str]], batch: int
) -> None:
    batches = deal(pairs, rounds=2, batch=batch, seed=1)
    dealt = [pair for found in batches for pair in found]
    assert all(dealt.count(pair) <= 2 * pairs.count(pair) for pair in dealt)
    for found in batches:
        assert 1 < len(found) <= batch
        assert len({question for _, question in found}) == len(found)


@pytest.fixture(scope="module")
def adapted(
    trained: StaticEncoder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[StaticEncoder, list[tuple[str, str]]]:
    pairs = [("屋子漏雨", "房顶渗水咋修"), ("猫丢了", "宠物走失"), ("锁坏了", "门打不开")]
    folder = tmp_path_factory.mktemp("adapted") / "encoder"
    talk = ["唱首歌", "今天几号"]
    start = trained.rows
    return train(GROUPS, folder, pairs=pairs, talk=talk, start=start, rounds=10, rate=2e-2), pairs


def asked(encoder: StaticEncoder, query: str, text: str) -> float:
    return float(encoder.encode_queries([query])[0] @ encoder.encode([text])[0])


def test_further_pairs_are_learnt_and_other_queries_compared_as_before(
    trained: StaticEncoder, adapted: tuple[StaticEncoder, list[tuple[str, str]]]
) -> None:
    further, pairs = adapted
    assert isinstance(further, AdaptedEncoder)
    further = AdaptedEncoder(further.rows, further.own, 0.2, "x")
    assert further.dimension == 2 * trained.dimension
    assert np.linalg.norm(further.encode(["猫丢了", "！"]), axis=1) == pytest.approx([1, 0])
    assert asked(further, *pairs[1]) > likeness(trained, *pairs[1]) + 0.1
    for group in GROUPS:
        for text in ("图书卡在哪领", "什么时候能下水", "猫丢了"):
            before = likeness(trained, group[0], text)
            assert asked(further, group[0], text) == pytest.approx(before, abs=1e-5)


def test_an_adapted_encoder_is_loaded_as_it_was_and_not_without_what_it_learnt(
    adapted: tuple[StaticEncoder, list[tuple[str, str]]], tmp_path: Path
) -> None:
    further, pairs = adapted
    loaded = load_encoder(further.source)
    assert loaded.name == further.name
    texts = [text for pair in pairs for text in pair]
    assert loaded.encode(texts).tolist() == further.encode(texts).tolist()
    assert loaded.encode_queries(texts).tolist() == further.encode_queries(texts).tolist()
    folder = tmp_path / "damaged"
    shutil.copytree(further.source, folder)
    (folder / LEARNT).unlink()
    with pytest.raises(EncoderError, match="is damaged"):
        load_encoder(folder)


def test_an_unknown_model_is_an_error_that_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"cannot be loaded.*path of the folder"):
        load_encoder(tmp_path / "no-such-model")


def test_a_damaged_encoder_is_an_error(trained: StaticEncoder, tmp_path: Path) -> None:
    (tmp_path / CARD).write_text((Path(trained.source) / CARD).read_text(), encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"torn")
    with pytest.raises(EncoderError, match="damaged"):
        load_encoder(tmp_path)


def test_an_encoder_of_other_word_lists_is_refused(trained: StaticEncoder, tmp_path: Path) -> None:
    for path in Path(trained.source).iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    card = json.loads((tmp_path / CARD).read_text(encoding="utf-8"))
    (tmp_path / CARD).write_text(json.dumps({**card, "analysis": "other"}), encoding="utf-8")
    with pytest.raises(EncoderError, match="other word lists"):
        load_encoder(tmp_path)
