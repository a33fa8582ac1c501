from pathlib import Path

import pytest
from sqlalchemy import select

from actions.tickets.tables import NumberRow
from bot.cli import BadInput, read_settings
from bot.commands.transaction import transaction
from bot.settings import Settings
from tests.actions.tickets.desk import at


def test_a_block_that_ends_well_is_kept_and_one_that_fails_is_not(home: Path) -> None:
    settings = read_settings()
    with transaction(settings) as session:
        session.add(NumberRow(day=at("2026-03-02 10:00").date(), last=1))
    with pytest.raises(RuntimeError):
        fail_after_writing(settings)
    with transaction(settings, reads_only=True) as session:
        assert [row.day.day for row in session.scalars(select(NumberRow))] == [2]


def fail_after_writing(settings: Settings) -> None:
    with transaction(settings) as session:
        session.add(NumberRow(day=at("2026-03-03 10:00").date(), last=1))
        session.flush()
        raise RuntimeError


def test_a_home_that_cannot_be_made_is_told(home: Path) -> None:
    home.write_text("", encoding="utf-8")
    with pytest.raises(BadInput, match="home: File exists"), transaction(read_settings()):
        pass


def test_a_database_of_another_make_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_DATABASE_URL", "mysql://somewhere/linli")
    with pytest.raises(BadInput, match="not supported"), transaction(read_settings()):
        pass
