from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

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
