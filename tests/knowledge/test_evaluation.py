import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from knowledge import evaluation
from knowledge.questions import EvaluationError
from tests.knowledge.corpus import ENTRIES, REGIONS, TODAY, searcher

evaluate = partial(evaluation.evaluate, as_of=TODAY, regions=REGIONS)


def rows(path: Path, *content: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in content), encoding="utf-8")
    return path


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    pairs = [{"query": test, "question": e.question} for e in ENTRIES for test in e.tests]
    return rows(tmp_path / "asked.jsonl", *pairs)


def test_the_report_has_the_names_of_the_contract(asked: Path, tmp_path: Path) -> None:
    negatives = rows(tmp_path / "off.jsonl", {"text": "唱首歌", "kind": "music"}, {"text": "哈哈"})
    report = evaluate(asked, searcher(), negatives=negatives).to_json()
    shares = ["recall@1", "recall@3", "recall@10", "mrr@10", "p50_ms", "p99_ms"]
    assert list(report) == ["n", "pool", *shares, "bm25", "dense", "negatives"]
    assert list(report["bm25"]) == list(report["dense"]) == shares
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
    report = evaluate(path, searcher()).to_json()
    assert report["recall@1"] == 0.5
    assert report["recall@3"] == 1
    assert report["mrr@10"] == 0.75
    assert "negatives" not in report
    assert "outcomes" not in report


def test_a_hit_on_any_passage_of_the_right_document_counts(tmp_path: Path) -> None:
    long = "游泳馆须知\n" + "下水之前请先淋浴，戴好泳帽。" * 12 + "储物柜每天清空一次。"
    path = rows(
        tmp_path / "asked.jsonl",
        {"question": "储物柜多久清空", "document": long},
        {"question": "一次借几本书", "document": "图书馆须知\n一次可以借五本书，借期三十天。"},
    )
    report = evaluate(path, searcher())
    assert report.pool == 2
    assert report.hybrid.recall_at[1] == 1


def test_rows_with_an_id_are_asked_of_the_published_entries(tmp_path: Path) -> None:
    path = rows(
        tmp_path / "asked.jsonl",
        {"query": "游泳馆几点开门？", "id": "pool-hours"},
        {"query": "游泳馆几点开门？", "id": "library-card"},
        {"query": "游泳馆几点开门？", "id": "library-card", "also": ["pool-hours"]},
        {"query": "！！", "id": "pool-hours"},
    )
    negatives = rows(tmp_path / "off.jsonl", {"text": "花种交换"}, {"text": "哈哈"})
    sure = replace(searcher().calibration, answer_at=0.0)
    asked = searcher()
    asked.calibration = sure
    report = evaluate(path, asked, negatives=negatives).to_json()
    assert report["pool"] == len(ENTRIES)
    assert report["recall@1"] == 0.5
    assert report["outcomes"] == {
        "answered_right": 0.5,
        "answered_wrong": 0.25,
        "asked_with_right": 0.0,
        "asked_without": 0.0,
        "unknown": 0.25,
    }
    assert report["negatives"]["answered"] >= 1


def test_what_is_asked_back_counts_as_asked(tmp_path: Path) -> None:
    path = rows(
        tmp_path / "asked.jsonl",
        {"query": "游泳馆几点开门？", "id": "pool-hours"},
        {"query": "游泳馆几点开门？", "id": "seed-exchange"},
    )
    asked = searcher([entry for entry in ENTRIES if entry.id != "library-card"])
    asked.calibration = replace(asked.calibration, answer_at=1.1, ask_at=0.0)
    outcomes = evaluate(path, asked).outcomes
    assert outcomes is not None
    assert outcomes.asked_with_right + outcomes.asked_without == 1
    assert outcomes.asked_with_right >= 0.5


def test_an_id_that_is_not_in_force_here_is_not_found(tmp_path: Path) -> None:
    path = rows(tmp_path / "asked.jsonl", {"query": "怎么跟邻居交换花种？", "id": "seed-exchange"})
    assert evaluate(path, searcher()).hybrid.recall_at[1] == 1
    assert evaluate(path, searcher(), regions=["全国"]).hybrid.recall_at[10] == 0


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be read"):
        evaluate(tmp_path / "none.jsonl", searcher())
