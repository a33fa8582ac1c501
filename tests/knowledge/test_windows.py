from hypothesis import given
from hypothesis import strategies as st

from knowledge.windows import HEAD, LENGTH, windows, windows_of


@given(st.lists(st.text(alphabet="居民可以借用", min_size=1, max_size=400), max_size=8))
def test_every_sentence_stands_in_a_piece(sentences: list[str]) -> None:
    pieces = [
        piece.removeprefix("题\n") for piece in windows("".join(s + "。" for s in sentences), "题")
    ]
    short = [s + "。" for s in sentences if len(s) < LENGTH]
    assert all(any(s in piece for piece in pieces) for s in short)
    assert all(len(piece) <= LENGTH * 1.5 for piece in pieces)
    assert sum(map(len, pieces)) >= sum(len(s) + 1 for s in sentences)


def test_a_short_sentence_on_the_border_stands_on_both_sides() -> None:
    first, border, last = "甲" * 100 + "。", "乙" * 40 + "。", "丙" * 60 + "。"
    assert windows(first + border + last, "题") == [f"题\n{first}{border}", f"题\n{border}{last}"]


def test_every_piece_is_headed() -> None:
    assert all(
        piece.startswith("《活动室办法》第三条\n")
        for piece in windows("居民可以借用。" * 40, "《活动室办法》第三条")
    )


def test_a_document_is_cut_as_the_import_cuts_it() -> None:
    document = "活动室管理办法\n第一条 居民可以借用活动室。\n第二条 借用不收费。"
    pieces = windows_of(document)
    assert [piece[len(document[:HEAD]) + 1 :].strip() for piece in pieces[-2:]] == [
        "居民可以借用活动室。",
        "借用不收费。",
    ]


def test_a_document_with_characters_that_are_no_text_is_cut_all_the_same() -> None:
    assert windows_of("办法\x00。") == ["办法\x00。\n办法\x00。"]
