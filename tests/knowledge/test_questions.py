from pathlib import Path

import pytest

from knowledge.questions import EvaluationError, read_pairs, read_questions


def written(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def test_documents_are_cut_as_the_import_cuts_them(tmp_path: Path) -> None:
    document = "茶室开放办法\\n第一条 茶室每天开放。\\n第二条 自带杯子。"
    row = f'{{"question": "要带杯子吗", "document": "{document}"}}'
    questions = read_questions(written(tmp_path / "a.jsonl", row))
    assert questions.pool is not None
    assert [text.split("\n")[-1] for text in questions.pool[0].passages][-1].strip() == "自带杯子。"


def test_equal_questions_are_one_of_the_pool(tmp_path: Path) -> None:
    row = '{"query": "借书", "question": "怎么借书"}'
    questions = read_questions(written(tmp_path / "a.jsonl", f"{row}\n\n{row}"))
    assert questions.pool is not None
    assert len(questions.pool) == 1
    assert questions.right == [{0}, {0}]


def test_ids_are_looked_up_among_the_published(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"query": "几点开", "id": "pool", "also": ["gym"]}')
    questions = read_questions(path, {"gym": 0, "library": 1, "pool": 2})
    assert questions.pool is None
    assert questions.right == [{0, 2}]
    assert read_questions(path).queries == ["几点开"]
    with pytest.raises(EvaluationError, match=r"row 1: no entry 'gym' is published"):
        read_questions(path, {"pool": 0})


def test_pairs_are_query_and_question(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"query": "借书", "question": "怎么借书", "more": 1}')
    assert read_pairs(path) == [("借书", "怎么借书")]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{"query": "甲"}', "row 1: needs query and question, query and id, or question and doc"),
        ('{"query": "甲", "question": "乙"}\n{"query": "甲"}', "row 2: question must be a text"),
        ('{"query": "甲", "id": 7}', "row 1: id must be a text"),
        ('{"query": "甲", "id": "pool", "also": "gym"}', "row 1: also must be a list of ids"),
        ("{", "row 1: is not JSON"),
        ("[1]", "row 1: must be an object"),
        ("\n\n", "has no rows"),
    ],
)
def test_bad_rows_are_told_with_file_and_row(tmp_path: Path, content: str, fault: str) -> None:
    path = written(tmp_path / "bad.jsonl", content)
    with pytest.raises(EvaluationError) as caught:
        read_questions(path)
    assert str(path) in str(caught.value)
    assert fault in str(caught.value)


@pytest.mark.parametrize("content", ["", '{"query": "甲", "id": "pool"}', '{"query": " "}'])
def test_rows_that_are_no_pairs_are_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(EvaluationError):
        read_pairs(written(tmp_path / "bad.jsonl", content))
