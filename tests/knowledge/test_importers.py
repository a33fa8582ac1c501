import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from knowledge.entry import Entry, to_content
from knowledge.importers import ImportFault, import_paths, read_paths
from knowledge.items import list_items
from knowledge.store import Saved
from knowledge.tables import Base
from tests.knowledge.corpus import ENTRIES, LIBRARY, POOL

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def written(path: Path, *entries: Entry, **changed: object) -> Path:
    rows = [{**to_content(entry), **changed} for entry in entries]
    rows = [{name: value for name, value in row.items() if value != "drop"} for row in rows]
    if path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    else:
        path.write_text(yaml.safe_dump({"entries": rows}, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["some.yml", "some.jsonl"])
def test_what_is_written_is_read(tmp_path: Path, name: str) -> None:
    assert read_paths([written(tmp_path / name, *ENTRIES)]) == list(ENTRIES)


def test_the_topic_of_a_yaml_file_is_that_of_its_entries(tmp_path: Path) -> None:
    row = {name: value for name, value in to_content(LIBRARY).items() if name != "topic"}
    path = tmp_path / "some.yml"
    content = {"topic": "读书", "entries": [row]}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    assert read_paths([path])[0].topic == "读书"


def test_several_variants_stand_in_one_cell_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text(
        "\ufeffid,topic,question,variants,answer,source.title,source.article,effective,expires,"
        "region,handler,tests\n"
        'tea,茶,茶室几点开,茶室开了吗|"喝茶\n几点",九点开,茶室须知,第二条,2026-01-01,,全国,茶室,\n'.replace(
            '茶室开了吗|"喝茶\n几点"', '"茶室开了吗|喝茶几点\n下午开吗"'
        ),
        encoding="utf-8",
    )
    entry = read_paths([path])[0]
    assert entry.variants == ("茶室开了吗", "喝茶几点", "下午开吗")
    assert entry.source.article == "第二条"
    assert entry.expires is None


def test_a_folder_is_read_with_all_that_is_below_it(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    written(tmp_path / "a.yml", LIBRARY)
    written(tmp_path / "below" / "b.jsonl", POOL)
    (tmp_path / "notes.txt").write_text("nothing for us", encoding="utf-8")
    assert {entry.id for entry in read_paths([tmp_path])} == {"library-card", "pool-hours"}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"effective": "2024-13-01"}, "effective '2024-13-01' is not a date"),
        ({"effective": "drop"}, "effective is missing"),
        ({"expires": "2020-01-01"}, "expires 2020-01-01 lies before effective 2024-01-01"),
        ({"answer": ""}, "answer is missing"),
        ({"variants": []}, "variants is missing"),
        ({"variants": [1, 2]}, "variants must be a list of texts"),
        ({"id": "Library Card"}, "id must be words of a-z"),
        ({"region": ["全国"]}, "region must be a text"),
        ({"colour": "red"}, "unknown field 'colour'"),
        ({"source": {"article": "第三条"}}, "source.title is missing"),
        ({"source": {"title": "办法", "page": 3}}, "unknown field 'source.page'"),
        ({"source": 7}, "source must be fields with values"),
    ],
)
def test_a_fault_is_told_with_file_row_and_id(
    tmp_path: Path, changed: dict[str, object], fault: str
) -> None:
    path = written(tmp_path / "some.jsonl", LIBRARY, **changed)
    with pytest.raises(ImportFault) as caught:
        read_paths([path])
    (line,) = caught.value.faults
    assert line.startswith(f"{path}, row 1")
    assert fault in line


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("some.yml", "entries: [\n", "line 2: is not YAML"),
        ("some.yml", "- a\n- b\n", "must have a list `entries`"),
        ("some.yml", "entries: [3]", "entry 1: must be fields with values"),
        ("some.jsonl", "{]", "row 1: is not JSON"),
        ("some.jsonl", "[]", "row 1: must be an object"),
        ("some.csv", "id,topic\na,b,c\n", "row 2: has more cells than the heading"),
        ("some.txt", "hello", "can be imported"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, name: str, content: str, fault: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ImportFault, match=fault):
        read_paths([tmp_path / name])


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "some.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ImportFault, match="is no text in UTF-8"):
        read_paths([tmp_path / "some.yml"])
    with pytest.raises(ImportFault, match="no such file"):
        read_paths([tmp_path / "missing.yml"])


def test_an_id_used_twice_is_told_with_both_places(tmp_path: Path) -> None:
    one, two = written(tmp_path / "a.yml", LIBRARY), written(tmp_path / "b.yml", LIBRARY)
    with pytest.raises(ImportFault, match=r"b\.yml.*library-card.*already used in .*a\.yml"):
        read_paths([one, two])


def test_with_one_fault_nothing_is_imported_and_all_faults_are_told(
    session: Session, tmp_path: Path
) -> None:
    written(tmp_path / "a.yml", LIBRARY)
    written(tmp_path / "b.yml", POOL, answer="")
    written(tmp_path / "c.jsonl", POOL, effective="soon")
    with pytest.raises(ImportFault) as caught:
        import_paths(session, [tmp_path], "小王", NOW)
    assert len(caught.value.faults) == 2
    assert list_items(session) == []


def test_the_same_file_again_changes_nothing(session: Session, tmp_path: Path) -> None:
    path = written(tmp_path / "a.yml", *ENTRIES)
    assert import_paths(session, [path], "小王", NOW) == Saved(added=4)
    assert import_paths(session, [path], "小王", NOW) == Saved(unchanged=4)
