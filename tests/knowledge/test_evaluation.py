import json
from pathlib import Path

import pytest

from knowledge.evaluation import EvaluationError, evaluate, passages, read_questions
from tests.knowledge.corpus import ENTRIES, encoder, searcher


def rows(path: Path, *content: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in content), encoding="utf-8")
    return path


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    pairs = [{"query": test, "question": e.question} for e in ENTRIES for test in e.tests]
    return rows(tmp_path / "asked.jsonl", *pairs)


def test_the_report_has_the_names_of_the_contract(asked: Path, tmp_path: Path) -> None:
    negatives = rows(tmp_path / "off.jsonl", {"text": "唱首歌", "kind": "music"}, {"text": "哈哈"})
    report = evaluate(
        asked, encoder(), negatives=negatives, calibration=searcher().calibration
    ).to_json()
    shares = ["recall@1", "recall@3", "recall@10", "mrr@10", "p50_ms", "p99_ms"]
    assert list(report) == ["n", "pool", *shares, "bm25", "negatives"]
    assert list(report["bm25"]) == shares
    assert report["n"] == 8
    assert report["pool"] == 4
    assert report["recall@10"] == 1
    assert report["negatives"] == {"n": 2, "answered": 0}


def test_recall_and_reciprocal_rank_are_counted(tmp_path: Path) -> None:
    questions = ["借书证在哪里办", "游泳馆几点开门"]
    path = rows(
        tmp_path / "asked.jsonl",
        {"query": "借书证在哪里办", "question": questions[0]},
        {"query": "借书证在哪里办，几点", "question": questions[1]},
    )
    report = evaluate(path, encoder()).to_json()
    assert report["recall@1"] == 0.5
    assert report["recall@3"] == 1
    assert report["mrr@10"] == 0.75
    assert "negatives" not in report


def test_a_hit_on_any_passage_of_the_right_document_counts(tmp_path: Path) -> None:
    long = "游泳馆须知\n" + "下水之前请先淋浴，戴好泳帽。" * 12 + "储物柜每天清空一次。"
    path = rows(
        tmp_path / "asked.jsonl",
        {"question": "储物柜多久清空", "document": long},
        {"question": "一次借几本书", "document": "图书馆须知\n一次可以借五本书，借期三十天。"},
    )
    report = evaluate(path, encoder())
    assert report.pool == 2
    assert report.hybrid.recall_at[1] == 1


def test_passages_are_short_headed_by_the_title_and_lose_nothing() -> None:
    document = "关于茶室开放的通知\n" + "茶室每天开放。" * 30 + "无标点" * 100
    found = passages(document)
    head = document[:30]
    assert all(piece.startswith(head + "\n") for piece in found)
    assert all(len(piece) <= len(head) + 1 + 150 for piece in found)
    assert "".join(piece[len(head) + 1 :] for piece in found) == document


def test_equal_questions_are_one_of_the_pool(tmp_path: Path) -> None:
    row = {"query": "借书", "question": "怎么借书"}
    questions = read_questions(rows(tmp_path / "a.jsonl", row, {**row, "query": "想借书"}))
    assert len(questions.pool) == 1
    assert questions.right == [0, 0]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{"query": "甲"}', "row 1: needs query and question, or question and document"),
        ('{"query": "甲", "question": "乙"}\n{"query": "甲"}', "row 2: question must be a text"),
        ("{", "row 1: is not JSON"),
        ("[1]", "row 1: must be an object"),
        ("\n\n", "has no rows"),
    ],
)
def test_bad_rows_are_told_with_file_and_row(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError) as caught:
        read_questions(path)
    assert str(path) in str(caught.value)
    assert fault in str(caught.value)


def test_a_missing_file_and_a_missing_threshold_are_told(asked: Path, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be read"):
        evaluate(tmp_path / "none.jsonl", encoder())
    with pytest.raises(EvaluationError, match="publish first"):
        evaluate(asked, encoder(), negatives=rows(tmp_path / "off.jsonl", {"text": "哈哈"}))
