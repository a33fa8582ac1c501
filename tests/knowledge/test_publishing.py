from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from knowledge import publishing
from knowledge.encoder import EncoderError
from knowledge.publishing import publish
from knowledge.snapshot import open_current, status
from knowledge.store import Status, save_entries
from knowledge.tables import Base
from tests.knowledge.corpus import ENTRIES, LIBRARY, POOL, REGIONS, TODAY

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_from_the_database_to_an_answer(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_entries(session, [LIBRARY, *ENTRIES[2:]], NOW)
    save_entries(session, [ENTRIES[0]], NOW, Status.DRAFT)
    lines: list[str] = []
    first = publish(session, tmp_path, NOW, progress=lines.append)
    assert first.entries == 3
    assert any("training the encoder" in line for line in lines)
    assert any("published 3 entries" in line for line in lines)
    hits = open_current(tmp_path).find(POOL.question, as_of=TODAY, regions=REGIONS).hits
    assert hits[0].entry == POOL

    lines.clear()
    assert publish(session, tmp_path, NOW, progress=lines.append) == first
    assert lines == [f"nothing changed since {first.id}"]

    lines.clear()
    monkeypatch.setattr(publishing, "NEW", 0.5)
    save_entries(session, [replace(POOL, handler="体育局", answer=POOL.answer + "谢谢。")], NOW)
    second = publish(session, tmp_path, NOW + timedelta(hours=1), progress=lines.append)
    assert second.encoder_name == first.encoder_name
    assert not any("training" in line for line in lines)

    monkeypatch.setattr(publishing, "NEW", 0.1)
    third_entry = replace(POOL, answer=POOL.answer + "再见。")
    save_entries(session, [third_entry], NOW)
    third = publish(session, tmp_path, NOW + timedelta(hours=2))
    assert third.encoder_name != first.encoder_name
    assert open_current(tmp_path).entry("pool-hours") == third_entry


def test_a_model_that_cannot_be_loaded_publishes_nothing(session: Session, tmp_path: Path) -> None:
    save_entries(session, ENTRIES, NOW)
    with pytest.raises(EncoderError, match="cannot be loaded"):
        publish(session, tmp_path, NOW, model=str(tmp_path / "no-model"))
    assert status(tmp_path).current is None
