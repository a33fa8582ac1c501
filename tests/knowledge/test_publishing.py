from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from knowledge import publishing
from knowledge.encoder import EncoderError
from knowledge.publishing import publish
from knowledge.snapshot import open_current, status
from tests.knowledge.corpus import ENTRIES, LIBRARY, POOL, REGIONS, TODAY
from tests.knowledge.editing import draft, empty_database, put

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def session() -> Iterator[Session]:
    with empty_database() as session:
        yield session


def test_from_the_database_to_an_answer(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(session, LIBRARY, *ENTRIES[2:])
    draft(session, ENTRIES[0])
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
    put(session, replace(POOL, handler="体育局", answer=POOL.answer + "谢谢。"))
    second = publish(session, tmp_path, NOW + timedelta(hours=1), progress=lines.append)
    assert second.encoder_name == first.encoder_name
    assert not any("training" in line for line in lines)

    monkeypatch.setattr(publishing, "NEW", 0.1)
    third_entry = replace(POOL, answer=POOL.answer + "再见。")
    put(session, third_entry)
    third = publish(session, tmp_path, NOW + timedelta(hours=2))
    assert third.encoder_name != first.encoder_name
    assert open_current(tmp_path).entry("pool-hours") == third_entry


def test_a_model_that_cannot_be_loaded_publishes_nothing(session: Session, tmp_path: Path) -> None:
    put(session, *ENTRIES)
    with pytest.raises(EncoderError, match="cannot be loaded"):
        publish(session, tmp_path, NOW, model=str(tmp_path / "no-model"))
    assert status(tmp_path).current is None
