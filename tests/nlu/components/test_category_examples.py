from pathlib import Path

import pytest

from nlu.components.category_examples import read_examples


def write(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        (folder / f"{name}.yml").write_text(content, encoding="utf-8")
    return folder


def test_every_list_of_every_file_is_read_and_a_citys_rows_are_marked(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        a="category: 环境保护\nexamples: {水: [河水发黑], 气: [冒黑烟, 17]}\n",
        b="category: 交通运输\nof_city: true\nexamples: {extra: [班车停了]}\n",
    )
    found = read_examples(folder)
    assert found.texts == ["河水发黑", "冒黑烟", "17", "班车停了"]
    assert found.labels == ["环境保护"] * 3 + ["交通运输"]
    assert found.of_city == [False, False, False, True]


def test_one_category_is_no_choice(tmp_path: Path) -> None:
    folder = write(tmp_path, a="category: 环境保护\nexamples: {水: [河水发黑, 水臭]}\n")
    with pytest.raises(ValueError, match="no examples of two categories"):
        read_examples(folder)
