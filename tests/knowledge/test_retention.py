from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from knowledge.gaps import Gap, GapKind, note, open_gaps
from knowledge.retention import forget_old
from knowledge.tables import Base

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)


def test_what_is_older_than_is_kept_is_forgotten_and_nothing_else() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    sessions = sessionmaker(engine)
    with sessions.begin() as session:
        for days in (10, 180, 181, 400):
            gap = Gap(GapKind.UNKNOWN, f"{days}天以前问的")
            note(session, gap, f"key {days}", NOW - timedelta(days=days))
    assert forget_old(sessions, NOW, timedelta(days=180)) == 2
    with Session(engine) as session:
        assert [noted.gap.text for noted in open_gaps(session)] == ["10天以前问的", "180天以前问的"]
