from pathlib import Path

import pytest

from knowledge.importers import REQUIRED, read_paths
from knowledge.table_rows import COLUMNS
from knowledge.template import REQUIRED as STARRED
from knowledge.template import write_template


@pytest.mark.parametrize("name", ["some.xlsx", "some.csv"])
def test_the_template_can_be_imported_as_it_is(tmp_path: Path, name: str) -> None:
    write_template(tmp_path / name, "云溪街道")
    (entry,) = read_paths([tmp_path / name])
    assert (entry.region, len(entry.variants), len(entry.tests)) == ("云溪街道", 2, 1)


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "some.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write_template(tmp_path / "some.csv", "全国")
    assert (tmp_path / "some.csv").read_text(encoding="utf-8") == "mine"


def test_what_is_required_is_starred() -> None:
    fields = {name.partition(".")[0] for name in STARRED}
    assert fields == {*REQUIRED} - {"id"}
    assert set(STARRED) <= set(COLUMNS)
