import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from bot import database
from bot.database import (
    METADATA,
    DatabaseFault,
    bring_up_to_date,
    is_current,
    migrate,
    open_engine,
    open_sessions,
    try_what_rested,
)
from knowledge.items import get_item, get_version, list_items
from knowledge.version import Kind, source_key


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'linli.db'}"


@pytest.fixture
def engine(url: str) -> Engine:
    migrate(url)
    return open_engine(url)


def test_migrated_tables_are_those_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, list(METADATA)) == []  # type: ignore[arg-type]
    tables = {name for metadata in METADATA for name in metadata.tables}
    assert tables <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_every_package_has_its_tables_among_them() -> None:
    tables = {name for metadata in METADATA for name in metadata.tables}
    assert {"knowledge_versions", "tickets", "ledger_cases", "drafts", "transcript"} <= tables


def test_what_is_missing_is_made_and_what_is_there_stays(url: str) -> None:
    for _ in range(2):
        bring_up_to_date(url)
        assert is_current(url)


def test_a_database_is_current_once_it_was_migrated(url: str) -> None:
    assert not is_current(url)
    migrate(url)
    assert is_current(url)
    migrate(url)
    assert is_current(url)


def test_asking_whether_a_database_is_current_makes_none(url: str, tmp_path: Path) -> None:
    is_current(url)
    assert list(tmp_path.iterdir()) == []


def test_several_may_migrate_at_once(url: str) -> None:
    faults: list[BaseException] = []

    def run() -> None:
        try:
            migrate(url)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert is_current(url)


def test_a_broken_migration_leaves_no_half_of_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    create = op.create_table

    def break_off(name: str, *columns: Any) -> Any:
        if name == "tickets":
            raise RuntimeError("power cut")
        return create(name, *columns)

    with monkeypatch.context() as patched:
        patched.setattr(op, "create_table", break_off)
        with pytest.raises(RuntimeError, match="power cut"):
            migrate(url)
    engine = open_engine(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    migrate(url)
    assert is_current(url)


def test_tables_of_a_newer_linli_are_refused(url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(DatabaseFault, match="newer Linli"):
        migrate(url)


def test_a_savepoint_undoes_only_its_own_part(engine: Engine) -> None:
    enter = text("INSERT INTO ticket_numbers VALUES (:day, 1)")
    with engine.begin() as connection:
        connection.execute(enter, {"day": "2026-01-01"})
        part = connection.begin_nested()
        connection.execute(enter, {"day": "2026-01-02"})
        part.rollback()
    with engine.connect() as connection:
        days = connection.execute(text("SELECT day FROM ticket_numbers")).all()
    assert [row.day for row in days] == ["2026-01-01"]
    engine.dispose()


def test_a_connection_that_rested_is_tried_and_a_dead_one_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Any] = []

    def ping(connection: Any) -> bool:
        tried.append(connection)
        if len(tried) == 1:
            raise OSError("the server was restarted")
        return True

    engine = create_engine(f"sqlite:///{tmp_path / 'rests.db'}")
    try_what_rested(engine)
    monkeypatch.setattr(engine.dialect, "do_ping", ping)

    def used() -> Any:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            return connection.connection.dbapi_connection

    first = used()
    monkeypatch.setattr(database, "RESTED", 3600.0)
    assert used() is first
    assert tried == []
    monkeypatch.setattr(database, "RESTED", -1.0)
    second = used()
    assert second is not first
    assert used() is second
    engine.dispose()


def test_foreign_keys_hold(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(
            text("INSERT INTO ledger_notes VALUES (1, 99, 'x', '2026-01-01', 'x', 'x')")
        )
    engine.dispose()


def test_a_long_reader_keeps_nobody_from_writing(engine: Engine) -> None:
    reading = open_sessions(engine, reads_only=True)
    writing = open_sessions(engine)
    with reading() as reader:
        assert reader.scalar(text("SELECT count(*) FROM ticket_numbers")) == 0
        with writing.begin() as writer:
            writer.execute(text("INSERT INTO ticket_numbers VALUES ('2026-01-01', 1)"))
        assert reader.scalar(text("SELECT count(*) FROM ticket_numbers")) == 0
    with reading() as reader:
        assert reader.scalar(text("SELECT count(*) FROM ticket_numbers")) == 1
    engine.dispose()


def test_many_threads_write_without_losing_anything(engine: Engine) -> None:
    sessions = open_sessions(engine)
    with sessions.begin() as session:
        session.execute(text("INSERT INTO ticket_numbers VALUES ('2026-01-01', 0)"))

    def count() -> None:
        for _ in range(10):
            with sessions.begin() as session:
                last = session.scalar(text("SELECT last FROM ticket_numbers"))
                session.execute(text("UPDATE ticket_numbers SET last = :last"), {"last": last + 1})

    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        assert session.scalar(text("SELECT last FROM ticket_numbers")) == 60
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://host/name", "use SQLite or PostgreSQL"),
        ("geheim", "LINLI_DATABASE_URL cannot be read"),
        ("sqlite:////nowhere/at/all/linli.db", "unable to open database file"),
        ("postgresql://linli:geheim@127.0.0.1:1/linli", "connection failed"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_one_line_without_its_password(
    url: str, words: str
) -> None:
    with pytest.raises(DatabaseFault, match=words) as told:
        migrate(url)
    assert "\n" not in str(told.value)
    assert "geheim" not in str(told.value)


def test_a_missing_driver_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **named: object) -> None:
        raise ModuleNotFoundError("No module named 'psycopg'")

    monkeypatch.setattr(database, "create_engine", refuse)
    with pytest.raises(DatabaseFault, match="make setup EXTRAS=postgresql"):
        open_engine("postgresql://127.0.0.1/linli")


def test_entries_from_before_there_were_versions_are_carried_over(url: str) -> None:
    engine = open_engine(url)
    entry = {"question": "在哪里停车", "source": {"title": "《停车 办法》", "article": "第一条"}}
    insert = text("INSERT INTO knowledge_entries VALUES (:id, '停车', :entry, 'x', :status, :at)")
    row = {"entry": json.dumps(entry), "status": "draft", "at": "2026-01-02 03:04:05.000000"}
    with engine.begin() as connection:
        config = database._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(insert, {**row, "id": "parking-0", "status": "published"})
        connection.execute(insert, [{**row, "id": f"parking-{n}"} for n in range(1, 1001)])
    migrate(url)
    with open_sessions(engine, reads_only=True)() as session:
        assert len(list_items(session)) == 1001
        first = get_version(session, Kind.ENTRY, "parking-0")
        other = get_version(session, Kind.ENTRY, "parking-1")
        assert get_item(session, Kind.ENTRY, "parking-0").published == 1
        keys = set(session.scalars(text("SELECT source FROM knowledge_items")))
    assert (first.status, first.author, first.approved_by) == ("published", "导入", "升级")
    assert first.published_at == first.created == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (other.status, other.approved_by, other.content) == ("draft", None, entry)
    assert keys == {source_key(entry)}
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
        rows = connection.execute(text("SELECT status, content FROM knowledge_entries")).all()
    assert sorted(row.status for row in rows) == ["draft"] * 1000 + ["published"]
    assert json.loads(rows[0].content) == entry
    engine.dispose()
