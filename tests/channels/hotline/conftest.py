from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.tickets.conftest import DATABASES
from tests.actions.tickets.desk import POSTGRESQL
from tests.channels.hotline.hall import Hall, staffed


@pytest.fixture(params=DATABASES)
def hall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hall]:
    """On SQLite; on PostgreSQL too where LINLI_TEST_POSTGRESQL names an empty database."""
    with staffed(tmp_path, POSTGRESQL if request.param == "postgresql" else "") as hall:
        yield hall
