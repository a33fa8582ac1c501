import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from knowledge import calibrating, home_encoder, pointer, publishing
from knowledge.audit import latest_events
from knowledge.confidence import Calibration
from knowledge.encoder import EncoderError
from knowledge.entry import Entry, in_force
from knowledge.gate import Verdict
from knowledge.house import House, MustAnswer
from knowledge.publishing import Published, Refused, Terms, roll_back
from knowledge.regression import Regression
from knowledge.review import archive
from knowledge.search import Decision
from knowledge.snapshot import open_current
from knowledge.training import train
from knowledge.version import Kind
from tests.knowledge.corpus import ENTRIES, LIBRARY, POOL, REGIONS, TODAY, encoder
from tests.knowledge.editing import draft, empty_database, put

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TERMS = Terms(regions=REGIONS)
HOUSE = House((MustAnswer(POOL.question, "pool-hours"),), ("唱首歌",))


@pytest.fixture
def session() -> Iterator[Session]:
    with empty_database() as session:
        yield session


def publish(
    session: Session, home: Path, hours: int = 0, terms: Terms = TERMS, **given: str
) -> Published:
    def sessions() -> AbstractContextManager[Session]:
        return nullcontext(session)

    now = NOW + timedelta(hours=hours)
    return publishing.publish(home, sessions, sessions, "老李", now, terms, **given)  # type: ignore[arg-type]


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_encoder, "train", partial(train, rounds=0))


def test_from_the_database_to_an_answer(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(session, LIBRARY, *ENTRIES[2:])
    draft(session, ENTRIES[0])
    first = publish(session, tmp_path).manifest
    assert first.entries == 3
    hits = open_current(tmp_path).find(POOL.question, as_of=TODAY, regions=REGIONS).hits
    assert hits[0].entry == POOL
    again = publish(session, tmp_path)
    assert (again.manifest, again.verdict) == (first, None)

    monkeypatch.setattr(home_encoder, "NEW", 0.5)
    put(session, replace(POOL, handler="体育局", answer=POOL.answer + "谢谢。"))
    second = publish(session, tmp_path, 1).manifest
    assert second.encoder_name == first.encoder_name

    monkeypatch.setattr(home_encoder, "NEW", 0.1)
    third_entry = replace(POOL, answer=POOL.answer + "再见。")
    put(session, third_entry)
    third = publish(session, tmp_path, 2).manifest
    assert third.encoder_name != first.encoder_name
    assert open_current(tmp_path).entry("pool-hours") == third_entry


@pytest.mark.usefixtures("untrained")
def test_what_the_gate_refuses_is_thrown_away_and_reported(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_encoder, "NEW", 1)
    terms = replace(TERMS, house=HOUSE)
    put(session, *ENTRIES)
    first = publish(session, tmp_path, terms=terms).manifest
    archive(session, Kind.ENTRY, ["pool-hours"], "小王", NOW)
    with pytest.raises(Refused) as refused:
        publish(session, tmp_path, 1, terms)
    assert refused.value.verdict.faults == (f"no longer answered: {POOL.question} (pool-hours)",)
    assert json.loads(refused.value.report.read_text(encoding="utf-8"))["faults"]
    assert pointer.status(tmp_path) == pointer.State(first, (first.id,))
    assert open_current(tmp_path).entry("pool-hours") == POOL

    published = publish(session, tmp_path, 2, terms, override="泳池拆了")
    assert isinstance(published.verdict, Verdict)
    assert open_current(tmp_path).entry("pool-hours") is None
    whats = [event.what for event in latest_events(session, 3)]
    assert whats == ["published", "withdrawn", "gate_overridden"]


@pytest.mark.usefixtures("untrained")
def test_going_back_is_written_down(session: Session, tmp_path: Path) -> None:
    put(session, *ENTRIES[1:])
    first = publish(session, tmp_path).manifest
    put(session, ENTRIES[0])
    second = publish(session, tmp_path, 1).manifest
    back = roll_back(tmp_path, lambda: nullcontext(session), "老李", NOW, reason="答错了")
    assert back == first
    (event,) = latest_events(session, 1)
    assert (event.what, event.by, event.id) == ("rolled_back", "老李", first.id)
    assert event.reason == f"from {second.id}; 答错了"


@pytest.mark.usefixtures("untrained")
def test_old_snapshots_and_reports_go(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "REPORTS_KEPT", 2)
    for hours in range(4):
        put(session, *ENTRIES[: hours + 1])
        publish(session, tmp_path, hours, replace(TERMS, kept=2))
    assert len(pointer.status(tmp_path).snapshots) == 2
    assert len(list((tmp_path / "gate").iterdir())) == 2


def test_passages_of_documents_teach_the_encoder_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_encoder, "train", partial(train, rounds=5))
    passages = [replace(entry, id=f"law-{entry.id}", quoted=True) for entry in ENTRIES]
    with_them = home_encoder.built_in_encoder([*ENTRIES, *passages], tmp_path / "a")
    without = home_encoder.built_in_encoder(ENTRIES, tmp_path / "b")
    assert with_them.name == without.name


def test_a_model_that_cannot_be_loaded_publishes_nothing(session: Session, tmp_path: Path) -> None:
    put(session, *ENTRIES)
    with pytest.raises(EncoderError, match="cannot be loaded"):
        publish(session, tmp_path, terms=replace(TERMS, model=str(tmp_path / "no-model")))
    assert pointer.status(tmp_path).current is None


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))
PLACES = ("全国", "北京市", "上海市", "云溪街道")
STATUSES = ("draft", "approved", "approved, then a draft", "archived")
EVEN = Regression((), (), (), (), 0.0)
ASKS = Calibration(EVEN, EVEN, answer_at=1.0, ask_at=0.0)
"""Asks which was meant of whatever is found, so that every choice is seen."""


@st.composite
def version(draw: st.DrawFn) -> Entry:
    entry = draw(st.sampled_from(ENTRIES))
    effective = draw(DAYS)
    days = draw(st.none() | st.integers(0, 40))
    return replace(
        entry,
        id=f"{entry.id}-{draw(st.integers(0, 3))}",
        variants=entry.variants if draw(st.booleans()) else (),
        answer=f"{entry.answer}{draw(st.integers(0, 9))}",
        effective=effective,
        expires=None if days is None else effective + timedelta(days=days),
        region=draw(st.sampled_from(PLACES)),
        quoted=draw(st.booleans()),
        tests=(),
    )


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    said=st.lists(st.tuples(version(), st.sampled_from(STATUSES)), min_size=1, max_size=8),
    as_of=DAYS,
    regions=st.lists(st.sampled_from(PLACES), unique=True),
    query=st.sampled_from([text for entry in ENTRIES for text in entry.phrasings]),
)
def test_from_the_database_on_only_what_is_published_and_in_force_here_is_shown(
    tmp_path_factory: pytest.TempPathFactory,
    said: list[tuple[Entry, str]],
    as_of: date,
    regions: list[str],
    query: str,
) -> None:
    """Every hit counts as shown: ``ask_which`` offers them all, an answer is one of them."""
    home = tmp_path_factory.mktemp("home")
    public, archived = dict[str, Entry](), set[str]()
    terms = replace(TERMS, regions=regions)
    with empty_database() as session, pytest.MonkeyPatch.context() as patched:
        patched.setattr(publishing, "encoder_for", lambda *given: encoder())
        patched.setattr(calibrating, "calibrate", lambda *given: (ASKS, {}))
        for hours, (entry, status) in enumerate(said):
            if entry.id in archived:
                continue
            now = NOW + timedelta(hours=hours)
            if status == "draft":
                draft(session, entry, now=now)
                continue
            put(session, entry, now=now)
            public[entry.id] = entry
            if status == "archived":
                archive(session, Kind.ENTRY, [entry.id], "小王", now)
                archived.add(entry.id)
                del public[entry.id]
            elif status != "approved":
                draft(session, replace(entry, answer="还没审核"), now=now)
        publish(session, home, terms=terms)
    searcher = open_current(home, encoder())
    finding = searcher.find(query, as_of=as_of, regions=regions, limit=20)
    shown = {id: entry for id, entry in public.items() if in_force(entry, as_of, regions)}
    for hit in finding.hits:
        assert hit.entry == shown[hit.entry.id]
    assert (finding.decision is Decision.ASK_WHICH) == bool(finding.hits)
    spoken = {id for id, entry in shown.items() if query in entry.phrasings}
    assert spoken <= {hit.entry.id for hit in finding.hits}
