from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entry import Entry, in_force
from knowledge.scope import Scope
from tests.knowledge.corpus import LIBRARY

DAYS = st.dates(date(2025, 12, 1), date(2026, 2, 1))
PLACES = ("全国", "北京市", "上海市", "云溪街道")


@st.composite
def dated(draw: st.DrawFn) -> Entry:
    effective = draw(DAYS)
    days = draw(st.none() | st.integers(0, 40))
    return replace(
        LIBRARY,
        effective=effective,
        expires=None if days is None else effective + timedelta(days=days),
        region=draw(st.sampled_from(PLACES)),
    )


@given(
    entries=st.lists(dated(), max_size=8),
    as_of=DAYS,
    regions=st.lists(st.sampled_from((*PLACES, "别处")), unique=True),
)
def test_many_at_once_are_in_force_as_each_is_alone(
    entries: list[Entry], as_of: date, regions: list[str]
) -> None:
    mask = Scope.of(entries).in_force(as_of, regions)
    assert mask.tolist() == [in_force(entry, as_of, regions) for entry in entries]


def test_a_saved_scope_is_loaded_as_it_was(tmp_path: Path) -> None:
    entries = [LIBRARY, replace(LIBRARY, region="云溪街道", expires=date(2026, 1, 1))]
    Scope.of(entries).save(tmp_path / "scope.npz")
    loaded = Scope.load(tmp_path / "scope.npz")
    for day in (date(2026, 1, 1), date(2026, 1, 2)):
        wanted = Scope.of(entries).in_force(day, ["云溪街道"])
        assert loaded.in_force(day, ["云溪街道"]).tolist() == wanted.tolist()


@given(
    entries=st.lists(dated(), max_size=8),
    kept=st.sets(st.integers(0, 7)),
    new=st.dictionaries(st.integers(0, 5), dated(), max_size=3),
)
def test_a_changed_scope_is_as_one_made_anew(
    entries: list[Entry], kept: set[int], new: dict[int, Entry]
) -> None:
    places = [place for place in range(len(entries)) if place in kept]
    for number in sorted(new):
        places.insert(min(number, len(places)), -1)
    numbers = [number for number, place in enumerate(places) if place < 0]
    fresh = dict(zip(numbers, new.values(), strict=True))
    after = [fresh[n] if place < 0 else entries[place] for n, place in enumerate(places)]
    changed = Scope.of(entries).changed(np.array(places, dtype=np.int64), fresh)
    anew = Scope.of(after)
    for name in ("effective", "expires", "regions", "names"):
        assert getattr(changed, name).tolist() == getattr(anew, name).tolist()
