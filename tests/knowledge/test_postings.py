from collections import Counter
from dataclasses import fields
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.postings import Inverted, Postings
from knowledge.terms import hashes

TERMS = [f"词{n}" for n in range(8)]
HASHES = hashes(TERMS)
TEXTS = st.lists(st.lists(st.integers(0, 7), max_size=12), min_size=1, max_size=12)


def pairs(found: Inverted, span: slice) -> list[tuple[int, int]]:
    """Texts and counts, as they stand there."""
    return list(zip(found.texts[span].tolist(), found.counts[span].tolist(), strict=True))


@given(texts=TEXTS, portion=st.integers(1, 5))
def test_every_term_has_the_texts_that_hold_it_with_counts(
    texts: list[list[int]], portion: int
) -> None:
    postings = Postings()
    for start in range(0, len(texts), portion):
        some = texts[start : start + portion]
        owners = np.array([n for n, text in enumerate(some) for _ in text], dtype=int)
        terms = np.array([term for text in some for term in text], dtype=int)
        postings.add(owners, terms, np.ones(len(terms), dtype=int), len(some))
    found = postings.inverted(HASHES)
    assert found.lengths.tolist() == [len(text) for text in texts]
    assert found.terms.tolist() == sorted(int(HASHES[n]) for n in {t for x in texts for t in x})
    for place, term in enumerate(found.terms.tolist()):
        number = HASHES.tolist().index(term)
        span = slice(found.starts[place], found.starts[place + 1])
        held = {n: Counter(text)[number] for n, text in enumerate(texts) if number in text}
        assert (
            dict(zip(found.texts[span].tolist(), found.counts[span].tolist(), strict=True)) == held
        )
        assert found.texts[span].tolist() == sorted(held)


def test_a_term_given_twice_for_a_text_is_added_up_and_one_given_no_times_left_out() -> None:
    postings = Postings()
    postings.add(np.array([0, 0, 0, 1]), np.array([2, 2, 3, 3]), np.array([200, 100, 0, 1]), 2)
    found = postings.inverted(HASHES)
    assert sorted(zip(found.texts.tolist(), found.counts.tolist(), strict=True)) == [
        (0, 255),
        (1, 1),
    ]
    assert found.lengths.tolist() == [300, 1]


def inverted(texts: list[list[int]]) -> Inverted:
    postings = Postings()
    owners = np.array([n for n, text in enumerate(texts) for _ in text], dtype=int)
    terms = np.array([term for text in texts for term in text], dtype=int)
    postings.add(owners, terms, np.ones(len(terms), dtype=int), len(texts))
    return postings.inverted(HASHES)


@given(
    texts=TEXTS,
    stay=st.lists(st.booleans(), min_size=12, max_size=12),
    new=TEXTS,
    seed=st.integers(0, 99),
)
def test_a_change_leaves_what_would_have_been_made_anew(
    texts: list[list[int]], stay: list[bool], new: list[list[int]], seed: int
) -> None:
    kept = [n for n in range(len(texts)) if stay[n]]
    mixed = [*(("kept", n) for n in kept), *(("new", n) for n in range(len(new)))]
    order = Random(seed).sample(range(len(mixed)), len(mixed))
    for kind in ("kept", "new"):  # each kind keeps its order
        places = [place for place, n in enumerate(order) if mixed[n][0] == kind]
        for place, n in zip(places, sorted(order[p] for p in places), strict=True):
            order[place] = n
    after = [mixed[n] for n in order]
    moved = np.full(len(texts), -1, dtype=np.int64)
    moved[kept] = [place for place, (kind, _) in enumerate(after) if kind == "kept"]
    numbers = np.array([place for place, (kind, _) in enumerate(after) if kind == "new"])
    changed = inverted(texts).changed(moved, inverted(new), numbers)
    anew = inverted([texts[n] if kind == "kept" else new[n] for kind, n in after])
    for field in fields(Inverted):
        one, other = getattr(changed, field.name), getattr(anew, field.name)
        assert (one.dtype, one.tolist()) == (other.dtype, other.tolist())
