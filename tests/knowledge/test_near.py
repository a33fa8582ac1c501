from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge import near as module
from knowledge.near import Near, near

KNOWN = {
    "pool": "游泳馆几点开门？",
    "card": "图书馆的借书证怎么办？",
    "seeds": "怎么跟邻居交换花种？",
    "pump": "社区哪里可以给自行车打气？",
    "park": "小区哪里可以停车？",
}


def asking(text: str, **known: str) -> list[Near]:
    return near({"new": text}, {**KNOWN, "new": text, **known}).get("new", [])


def test_the_same_question_in_other_words_is_found_with_how_alike_it_is() -> None:
    (found,) = asking("图书馆借书证在哪里办？")
    assert (found.id, found.question) == ("card", KNOWN["card"])
    assert 0.5 <= found.alike <= 1
    assert asking("图书馆的借书证怎么办")[0].alike == 1


def test_another_question_is_not() -> None:
    assert asking("电影院几点开门？") == []
    assert asking("自行车丢了怎么办？") == []
    assert asking("？？") == []


def test_nobody_is_their_own_neighbour() -> None:
    assert near(KNOWN, KNOWN) == {}


def test_the_most_alike_comes_first() -> None:
    found = asking("游泳馆几点开门？", later="游泳馆晚上几点开门？")
    assert [n.id for n in found] == ["pool", "later"]
    assert found[0].alike > found[1].alike


def test_an_encoder_finds_what_is_meant() -> None:
    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [[1.0, 0.0] if "自行车" in text or "单车" in text else [0.0, 1.0] for text in texts]
        return np.array(rows, dtype=np.float32)

    asked = {"new": "社区哪里能给单车打气？"}
    known = {**KNOWN, **asked}
    assert near(asked, known) == {}
    assert [n.id for n in near(asked, known, encode)["new"]] == ["pump"]
    assert near({"new": "？？"}, {**KNOWN, "new": "？？"}, encode) == {}


def test_a_question_of_common_words_alone_looks_at_few() -> None:
    many = {f"n{n}": f"怎么办{n}" for n in range(50)}
    pool = module._Pool(many)
    assert len(pool.proposed("new", "怎么办")) == module.PROPOSED


@given(
    st.dictionaries(
        st.text("ab", min_size=1, max_size=3),
        st.text("游泳馆几点开门怎么办", max_size=8),
        max_size=8,
    )
)
def test_alike_is_a_share_and_no_set_of_questions_breaks_it(known: dict[str, str]) -> None:
    for id, found in near(known, known).items():
        assert all(0.5 <= n.alike <= 1 and n.id != id for n in found)
