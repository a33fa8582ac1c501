from pathlib import Path

import pytest

from knowledge import manifest
from knowledge.manifest import SnapshotError, damaged, read_manifest
from tests.knowledge.shelves import publish


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = publish(tmp_path)
    assert read_manifest(tmp_path, made.id) == made
    assert "manifest.json" not in made.files
    assert damaged(tmp_path / "snapshots" / made.id, made, entirely=True) == []


NOW = f'"format": {manifest.FORMAT}'


@pytest.mark.parametrize("content", ["", "[]", "{}", f"{{{NOW}}}", f'{{{NOW}, "files": 1}}'])
def test_a_manifest_that_is_none_is_told(tmp_path: Path, content: str) -> None:
    made = publish(tmp_path)
    path = tmp_path / "snapshots" / made.id / "manifest.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SnapshotError, match=f"{made.id} cannot be read; publish again"):
        read_manifest(tmp_path, made.id)


def test_of_a_large_file_parts_are_looked_at_and_all_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "WHOLE", 1000)
    monkeypatch.setattr(manifest, "SAMPLES", 3)
    monkeypatch.setattr(manifest, "SAMPLE", 10)
    made = publish(tmp_path)
    folder = tmp_path / "snapshots" / made.id
    name = "index/vectors.faiss"
    original = (folder / name).read_bytes()

    def spoilt(place: int) -> list[str]:
        content = bytearray(original)
        content[place] ^= 1
        (folder / name).write_bytes(content)
        return damaged(folder, made)

    assert [spoilt(place) for place in (0, len(original) // 2, -1)] == [[name]] * 3
    assert spoilt(200) == []
    assert damaged(folder, made, entirely=True) == [name]
    (folder / name).write_bytes(original[:-1])
    assert damaged(folder, made) == [name]
    (folder / name).unlink()
    assert damaged(folder, made) == [name]
