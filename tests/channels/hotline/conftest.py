from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.channels.hotline.hall import Hall, staffed


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with staffed(tmp_path) as hall:
        yield hall
