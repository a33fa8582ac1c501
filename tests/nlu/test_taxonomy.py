from pathlib import Path
from typing import Any

import pytest
import yaml

from nlu.taxonomy import OWN, TaxonomyFault, read_taxonomy

EXAMPLES = OWN.parent / "data" / "categories"
LEAST = 120


def files() -> list[dict[str, Any]]:
    return [yaml.safe_load(p.read_text(encoding="utf-8")) for p in sorted(EXAMPLES.glob("*.yml"))]


def test_the_built_in_taxonomy_has_two_levels() -> None:
    taxonomy = read_taxonomy()
    assert len(taxonomy) == 15
    assert sum(map(len, taxonomy.values())) == 118


def test_every_category_has_examples_of_all_it_takes_in() -> None:
    taxonomy = read_taxonomy()
    assert {file["category"] for file in files()} == set(taxonomy)
    for file in files():
        told = {name for name, messages in file["examples"].items() if messages}
        assert set(taxonomy[file["category"]]) - told == set(), file["category"]


def test_every_category_has_many_examples_and_shares_none() -> None:
    seen: set[str] = set()
    for file in files():
        messages = [m for messages in file["examples"].values() for m in messages]
        assert len(messages) >= LEAST, file["category"]
        assert seen.isdisjoint(messages), file["category"]
        seen.update(messages)


def test_a_city_brings_its_own(tmp_path: Path) -> None:
    path = tmp_path / "city.csv"
    rows = ("level1,level2,level3", "渔业,渔船,检修", "渔业,渔港,", "城管,市容,")
    path.write_text("\n".join(rows), encoding="utf-8")
    assert read_taxonomy(path) == {"渔业": ("渔船", "渔港"), "城管": ("市容",)}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("level1\n渔业\n", "row 1: has no column level2"),
        ("level1,level2\n渔业,渔船\n,市容\n", "row 3: level1 is empty"),
        ("level1,level2\n渔业,\n", "row 2: level2 is empty"),
        ("level1,level2\n渔业,渔船\n", "needs two first-level names"),
        ("", "row 1: has no column level1"),
    ],
)
def test_a_faulty_taxonomy_is_named_with_its_row(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "city.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TaxonomyFault, match=r"city\.csv") as found:
        read_taxonomy(path)
    assert fault in str(found.value)


def test_a_taxonomy_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyFault, match="nowhere"):
        read_taxonomy(tmp_path / "nowhere.csv")
