from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from knowledge import adapted, adapting, publishing
from knowledge.adapting import AdaptingError, Comparison, adapt, better, set_aside
from knowledge.evaluation import Measured
from knowledge.gate import Limits, Verdict
from knowledge.home_encoder import encoder_for
from knowledge.manifest import Manifest
from knowledge.pointer import status
from knowledge.publishing import Refused, Terms
from knowledge.snapshot import open_current
from tests.knowledge.corpus import ENTRIES, REGIONS
from tests.knowledge.editing import empty_database, put
from tests.knowledge.tiny_model import tiny_model

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TERMS = Terms(REGIONS, limits=Limits(tolerance=1.0))
THINGS = "碗盆锅勺桌椅床柜灯伞鞋帽"
PAIRS = [(f"{thing}{slang}", f"{thing}{plain}")
         for thing in THINGS
         for slang, plain in (("烂了", "损坏怎样报修"), ("没影儿了", "遗失怎样找回"))]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def session() -> Iterator[Session]:
    with empty_database() as session:
        put(session, *ENTRIES)
        yield session


def publish(
    session: Session, home: Path, hours: int = 0, model: str = "", instruction: str = ""
) -> Manifest:
    def sessions() -> AbstractContextManager[Session]:
        return nullcontext(session)

    terms = Terms(REGIONS, model=model, instruction=instruction)
    now = NOW + timedelta(hours=hours)
    return publishing.publish(
        home, sessions, sessions, "老李", now, terms, override="试一试"
    ).manifest


def measured(first: float) -> Measured:
    return Measured({1: first, 3: 1.0, 10: 1.0}, first, 1.0, 1.0)


def test_what_is_kept_aside_is_always_the_same_and_never_learnt() -> None:
    learnt, aside = set_aside(PAIRS)
    assert set_aside(PAIRS[::-1])[1] == aside[::-1]
    assert {question for _, question in learnt}.isdisjoint(question for _, question in aside)
    assert sorted(learnt + aside) == sorted(PAIRS)
    assert len(aside) == 3


def test_better_means_more_found_and_nothing_unlearnt() -> None:
    gain = Comparison(measured(0.3), measured(0.4))
    assert better(gain, None)
    assert better(gain, Comparison(measured(0.7), measured(0.695)))
    assert not better(gain, Comparison(measured(0.7), measured(0.6)))
    assert not better(Comparison(measured(0.3), measured(0.3)), None)


def test_a_better_encoder_is_published_and_outlives_later_publishes(
    session: Session, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(session, home)
    monkeypatch.setattr(adapting, "better", lambda aside, tests: True)
    adaptation = adapt(PAIRS, home, NOW + timedelta(hours=1), TERMS)
    current = status(home).current
    assert current is not None
    assert current.id == adaptation.snapshot
    assert current.encoder_name != first.encoder_name
    assert adaptation.learnt == len(set_aside(PAIRS)[0])

    again = publish(session, home, 2)
    assert again.encoder_name == current.encoder_name
    known = adapted.read(home)
    adapted.keep(home, adapted.Adapted("", "", known.pairs[:-1]))
    other = publish(session, home, 3)
    assert other.encoder_name not in {current.encoder_name, first.encoder_name}


def test_the_gate_may_refuse_and_be_overridden(
    session: Session, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(session, home)
    monkeypatch.setattr(adapting, "better", lambda aside, tests: True)
    refusing = Verdict((), (0.9, 0.5), ("recall drops",))
    monkeypatch.setattr(adapting, "judged", lambda *arguments: refusing)
    with pytest.raises(Refused, match="recall drops") as refused:
        adapt(PAIRS, home, NOW + timedelta(hours=1), TERMS)
    assert refused.value.report.exists()
    assert status(home).current == first
    assert adapted.read(home).pairs == ()
    adaptation = adapt(PAIRS, home, NOW + timedelta(hours=2), TERMS, override="本地说法要紧")
    assert adaptation.overridden == ("recall drops",)
    assert adapted.read(home).pairs


def test_a_worse_encoder_is_thrown_away(
    session: Session, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(session, home)
    folders = sorted((home / "encoders").iterdir())
    monkeypatch.setattr(adapting, "better", lambda aside, tests: False)
    adaptation = adapt(PAIRS, home, NOW + timedelta(hours=1), TERMS)
    assert adaptation.snapshot is None
    assert status(home).current == first
    assert sorted((home / "encoders").iterdir()) == folders
    assert adapted.read(home).pairs == ()


def test_another_model_is_trained_and_loaded_again(
    session: Session, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = str(tiny_model(tmp_path))
    first = publish(session, home, model=model, instruction="问：")
    assert open_current(home).encoder.dimension == 16
    monkeypatch.setattr(adapting, "better", lambda aside, tests: True)
    monkeypatch.setattr(adapting, "RATE", 1e-2)
    adapt(
        PAIRS,
        home,
        NOW + timedelta(hours=1),
        Terms(REGIONS, model, "问：", limits=Limits(tolerance=1.0)),
    )
    searcher = open_current(home)
    assert searcher.encoder.name != first.encoder_name
    assert searcher.encoder.instruction == "问："
    loaded = encoder_for(ENTRIES, home, model, "问：")
    assert loaded.name == searcher.encoder.name
    plain = encoder_for(ENTRIES, home / "elsewhere", model, "问：")
    assert plain.name == first.encoder_name
    assert abs(loaded.encode(["碗烂了"]) - plain.encode(["碗烂了"])).max() > 1e-3


def test_too_few_pairs_and_another_encoder_are_refused(session: Session, home: Path) -> None:
    with pytest.raises(AdaptingError, match="3 pairs are too few"):
        adapt(PAIRS[:3], home, NOW, TERMS)
    publish(session, home)
    with pytest.raises(AdaptingError, match="publish first"):
        adapt(PAIRS, home, NOW, Terms(REGIONS, "some-model"))
