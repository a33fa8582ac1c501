import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.encoder import buckets, peculiarity
from knowledge.peculiarity import occurrences, peculiar, peculiar_to

COUNT = 4096
PAIRS = [(f"{thing}{slang}", f"{thing}损坏怎样报修")
         for thing in ("水壶", "台灯", "雨伞", "板凳", "衣柜", "碗筷")
         for slang in ("烂了", "不好使了", "散架了", "摔坏了")]  # fmt: skip
TALK = ["你叫什么名字", "今天会下雨吗", "唱首歌来听听", "你真聪明"]


def of(text: str, own: "np.typing.NDArray[np.float32]") -> float:
    return peculiarity(buckets(text, COUNT), own)


def test_a_text_counts_once_for_a_row_however_often_it_has_it() -> None:
    assert occurrences(["雨雨雨", "雨"], COUNT)[buckets("雨", COUNT)[0]] == 2
    assert occurrences([], COUNT).sum() == 0


@given(st.sets(st.text("水壶烂了下雨吗", min_size=1)), st.sets(st.text("水壶烂了下雨吗")))
def test_a_share_is_a_share_and_what_no_text_has_is_not_theirs(
    texts: set[str], talk: set[str]
) -> None:
    own = peculiar(texts, talk, COUNT)
    assert own.shape == (COUNT,)
    assert own.min() >= 0
    assert own.max() < 1
    assert not own[occurrences(texts, COUNT) == 0].any()


def test_one_text_proves_half_and_many_nearly_all() -> None:
    once = peculiar(["水壶"], TALK, COUNT)[buckets("壶", COUNT)[0]]
    often = peculiar([f"水壶{n}" for n in range(99)], TALK, COUNT)[buckets("壶", COUNT)[0]]
    assert once == pytest.approx(0.5)
    assert often == pytest.approx(0.99)


def test_queries_like_the_pairs_are_told_from_talk() -> None:
    own, least = peculiar_to(PAIRS, TALK, COUNT)
    assert sum(of(query, own) >= least for query, _ in PAIRS) >= 0.9 * len(PAIRS)
    assert of("水壶摔坏了", own) >= least
    assert all(of(text, own) < least for text in TALK)
    assert of("", own) == 0
