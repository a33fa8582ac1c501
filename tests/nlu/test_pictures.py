import pytest

from nlu.pictures import PICTURES


@pytest.mark.parametrize("text", ["😀", "👍🏽", "❤", "[流泪][微笑]", "☎", "🏠"])
def test_a_picture_is_found_whole(text: str) -> None:
    assert PICTURES.fullmatch(text)


@pytest.mark.parametrize("text", ["[三号楼]", "3", "灯", "。", "→", "A"])
def test_what_is_written_is_no_picture(text: str) -> None:
    assert not PICTURES.search(text)
