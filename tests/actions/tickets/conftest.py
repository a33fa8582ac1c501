from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.actions.tickets.desk import POSTGRESQL, Office, opened, sqlite

DATABASES = ["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"]


@pytest.fixture(params=DATABASES)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """On SQLite; on PostgreSQL too where LINLI_TEST_POSTGRESQL names an empty database."""
    postgresql = request.param == "postgresql"
    with opened(create_engine(POSTGRESQL) if postgresql else sqlite(tmp_path / "db")) as office:
        yield office
