import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.cli import read_settings
from bot.commands.knowledge import knowledge
from bot.commands.transaction import transaction
from knowledge import adapting, home_encoder
from knowledge.audit import Event, events_of
from knowledge.entry import Entry, to_content
from knowledge.training import train
from tests.bot.commands.running import fault, invoke, run
from tests.knowledge.corpus import ENTRIES, LIBRARY, POOL

GATE_OFF = ("--override", "试一试", "--by", "老李")
LATER = replace(LIBRARY, answer=LIBRARY.answer + "也可以网上办。")


def write(path: Path, rows: Sequence[Any]) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def entries(folder: Path, *given: Entry) -> Path:
    return write(folder / "entries.jsonl", [to_content(entry) for entry in given])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with four published entries and an encoder that was not trained, to be copied."""
    folder = tmp_path_factory.mktemp("library")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("LINLI_HOME", str(folder / "home"))
        patch.setenv("LINLI_ONE_PERSON_OFFICE", "true")
        patch.setattr(home_encoder, "train", partial(train, rounds=0))
        run(knowledge, "import", entries(folder, *ENTRIES))
        run(knowledge, "publish")
        yield folder / "home"


@pytest.fixture
def published(library: Path, home: Path) -> Path:
    shutil.copytree(library, home)
    return home


@pytest.mark.usefixtures("home")
def test_import_counts_what_it_touched(tmp_path: Path) -> None:
    path = entries(tmp_path, *ENTRIES)
    assert run(knowledge, "import", path) == "4 added, 0 changed, 0 unchanged\n"
    assert run(knowledge, "import", path) == "0 added, 0 changed, 4 unchanged\n"
    result = invoke(knowledge, ["import", entries(tmp_path, LATER)])
    assert result.stdout == "0 added, 1 changed, 0 unchanged\n"
    assert "they are drafts" in result.stderr
    assert "linli knowledge publish" in result.stderr


@pytest.mark.usefixtures("home")
def test_one_fault_is_one_line_and_nothing_is_imported(tmp_path: Path) -> None:
    wrong = {**to_content(POOL), "effective": "2024-13-01"}
    path = write(tmp_path / "wrong.jsonl", [to_content(LIBRARY), wrong])
    line = fault(knowledge, "import", path)
    assert line.startswith(f"import: {path}, row 2 (pool-hours): effective '2024-13-01' is not a")
    assert line.endswith("; nothing was imported")
    assert "library-card" not in run(knowledge, "list")


@pytest.mark.usefixtures("home")
def test_every_fault_has_a_line_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path / "wrong.jsonl", ["{", "[]"])
    result = invoke(knowledge, ["import", path])
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == ["linli"] * 3
    assert ("row 1" in lines[0], "row 2" in lines[1]) == (True, True)
    assert lines[2] == "linli: import: 2 faults; nothing was imported"


@pytest.mark.usefixtures("home")
def test_what_cannot_be_imported_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone.yml"
    assert f"{gone}: no such file" in fault(knowledge, "import", gone)
    assert "only .yml, .yaml, .jsonl" in fault(knowledge, "import", write(tmp_path / "a.jpg", []))
    assert "is empty" in fault(knowledge, "import", write(tmp_path / "a.jsonl", []))
    (tmp_path / "folder").mkdir()
    assert "no entries and no documents" in fault(knowledge, "import", tmp_path / "folder")


@pytest.mark.usefixtures("published")
def test_list_shows_the_entries_of_a_topic() -> None:
    lines = run(knowledge, "list", "--topic", "游泳馆").splitlines()
    assert len(lines) == 2
    assert all(part in lines[1] for part in ("pool-hours", "已发布", POOL.question))
    assert len(run(knowledge, "list").splitlines()) == 5


@pytest.mark.usefixtures("published")
def test_search_shows_decision_confidence_id_question_and_source() -> None:
    lines = run(knowledge, "search", LIBRARY.question).splitlines()
    assert lines[0] in {"answer", "ask_which", "unknown"}
    confidence, entry, question = lines[1].split("  ")
    assert 0 <= float(confidence) <= 1
    assert (entry, question) == ("library-card", LIBRARY.question)
    assert lines[2].strip() == "图书借阅办法 第三条"


@pytest.mark.usefixtures("published")
def test_search_keeps_to_the_regions_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    question = "怎么跟邻居交换花种？"
    assert "seed-exchange" in run(knowledge, "search", question)
    monkeypatch.setenv("LINLI_REGIONS", '["全国"]')
    assert "seed-exchange" not in run(knowledge, "search", question)


def made(shown: str) -> str:
    """The last line, which names the snapshot."""
    return shown.splitlines()[-1]


def test_publish_rollback_and_status_go_together(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = made(run(knowledge, "publish"))
    assert first.endswith(": 4 entries")
    monkeypatch.setattr(home_encoder, "NEW", 1)
    changed = entries(tmp_path, LATER, replace(POOL, id="pool-two"))
    run(knowledge, "import", changed, "--by", "小王", "--approved-by", "老李")
    second = made(run(knowledge, "publish", *GATE_OFF))
    assert second.endswith(": 5 entries")
    shown = run(knowledge, "status", "--check")
    assert f"previous   {first.split(':')[0]}" in shown
    assert f"snapshots  {first.split(':')[0]}, {second.split(':')[0]}" in shown
    assert "files, all as they were written" in shown
    assert made(run(knowledge, "rollback", "--by", "老李", "--reason", "答案错了")) == first
    assert "entries    4" in run(knowledge, "status")
    assert "no earlier snapshot" in fault(knowledge, "rollback")
    assert made(run(knowledge, "rollback", "--to", second.split(":")[0])) == second
    assert "no such snapshot" in fault(knowledge, "rollback", "--to", "elsewhere")
    told = [(e.what, e.by, e.reason) for e in events(first.split(":")[0])]
    assert ("rolled_back", "老李", f"from {second.split(':')[0]}; 答案错了") in told


def events(snapshot_id: str) -> list[Event]:
    with transaction(read_settings(), reads_only=True) as session:
        return events_of(session, "snapshot", snapshot_id)


def test_what_the_gate_refuses_stays_unpublished_until_somebody_answers_for_it(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_encoder, "NEW", 1)
    house = tmp_path / "house.yml"
    house.write_text(
        f"must_answer:\n- {{question: {POOL.question}, entry: pool-hours}}\n", encoding="utf-8"
    )
    monkeypatch.setenv("LINLI_HOUSE_LIST", str(house))
    worse = replace(
        POOL, question="水上乐园有多大？", variants=("池子深不深",), answer="有三个池子。"
    )
    run(knowledge, "import", entries(tmp_path, worse), "--by", "小王", "--approved-by", "老李")
    before = run(knowledge, "status")
    result = invoke(knowledge, ["publish"])
    assert result.exit_code == 1
    assert "the gate refuses; what residents get stays as it was" in result.stderr
    assert f"no longer answered: {POOL.question} (pool-hours)" in result.stderr
    assert run(knowledge, "status") == before
    report = max((published / "gate").iterdir())
    rows = json.loads(report.read_text(encoding="utf-8"))["questions"]
    assert {row["question"]["kind"] for row in rows} == {"test", "must answer"}
    assert POOL.question in run(knowledge, "search", POOL.question)

    for given in (("--override", "急用"), ("--override", " ", "--by", "老李")):
        assert "--override needs a reason, and --by" in fault(knowledge, "publish", *given)
    line = made(run(knowledge, "publish", "--override", "泳池关门了", "--by", "老李"))
    (overridden, *_) = events(line.split(":")[0])
    assert (overridden.what, overridden.by) == ("gate_overridden", "老李")
    assert overridden.reason.startswith("泳池关门了 (")


@pytest.mark.usefixtures("home")
def test_a_wrong_house_list_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_HOUSE_LIST", str(tmp_path / "none.yml"))
    assert "none.yml: cannot be read" in fault(knowledge, "publish")


@pytest.mark.usefixtures("published")
def test_search_asks_as_of_a_day_and_in_a_region() -> None:
    question = LIBRARY.question
    assert "library-card" in run(knowledge, "search", question, "--as-of", "2024-01-01")
    assert "library-card" not in run(knowledge, "search", question, "--as-of", "2023-12-31")
    assert "library-card" not in run(knowledge, "search", question, "--region", "上海市")
    both = ("--region", "上海市", "--region", "全国")
    assert "library-card" in run(knowledge, "search", question, *both)
    assert "--as-of" in invoke(knowledge, ["search", question, "--as-of", "明天"]).stderr


@pytest.mark.usefixtures("home")
def test_nothing_published_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", [{"query": "泳池几点开", "question": "游泳馆几点开门"}])
    for arguments in (("search", "游泳馆"), ("evaluate", path)):
        assert fault(knowledge, *arguments).startswith("nothing is published in ")
    assert fault(knowledge, "rollback") == "there is no earlier snapshot to go back to"
    assert run(knowledge, "status").startswith("nothing is published; run `linli knowledge")
    assert fault(knowledge, "search", "　") == "knowledge search: the text is empty"


def test_a_damaged_snapshot_is_told(published: Path) -> None:
    next((published / "snapshots").glob("*/entries.jsonl")).write_text("", encoding="utf-8")
    assert "entries.jsonl damaged or missing" in fault(knowledge, "search", "游泳馆")


def test_a_model_that_cannot_be_loaded_is_told(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_ENCODER", str(published / "no-such-model"))
    assert "no-such-model' cannot be loaded" in fault(knowledge, "publish")


@pytest.mark.usefixtures("published")
def test_evaluate_has_the_names_of_the_command_line(tmp_path: Path) -> None:
    rows = [{"query": test, "question": e.question} for e in ENTRIES for test in e.tests]
    negatives = write(tmp_path / "negatives.jsonl", [{"text": "讲个故事"}, {"text": "几点的飞机"}])
    path = write(tmp_path / "rows.jsonl", rows)
    report = json.loads(run(knowledge, "evaluate", path, "--negatives", negatives, "--json"))
    figures = {"recall@1", "recall@3", "recall@10", "mrr@10", "p50_ms", "p99_ms"}
    assert set(report) == {"n", "pool", "bm25", "dense", "negatives"} | figures
    assert set(report["bm25"]) == set(report["dense"]) == figures
    assert (report["n"], report["pool"], report["recall@10"]) == (8, 4, 1.0)
    assert report["negatives"]["n"] == 2
    assert "negatives" not in json.loads(run(knowledge, "evaluate", path, "--json"))
    shown = run(knowledge, "evaluate", path, "--negatives", negatives)
    assert "negatives answered  " in shown
    assert shown.splitlines()[3].split()[:3] == ["recall@1", "recall@3", "recall@10"]


@pytest.mark.usefixtures("published")
def test_evaluate_asks_the_published_entries_where_ids_are_given(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", [{"query": LIBRARY.question, "id": "library-card"}])
    report = json.loads(run(knowledge, "evaluate", path, "--json"))
    assert (report["pool"], report["recall@1"]) == (4, 1.0)
    assert sum(report["outcomes"].values()) == 1
    assert "answered rightly" in run(knowledge, "evaluate", path)
    gone = write(tmp_path / "gone.jsonl", [{"query": "游泳", "id": "no-such"}])
    assert "row 1: no entry 'no-such' is published" in fault(knowledge, "evaluate", gone)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{", "row 1: is not JSON"),
        ("[]", "row 1: must be an object"),
        (
            {"text": "游泳"},
            "row 1: needs query and question, query and id, or question and document",
        ),
        ({"query": 1, "question": "游泳"}, "row 1: query must be a text"),
        ("", "has no rows"),
    ],
)
@pytest.mark.usefixtures("home")
def test_wrong_rows_are_told_with_file_and_row(tmp_path: Path, row: Any, told: str) -> None:
    path = write(tmp_path / "rows.jsonl", [row])
    line = fault(knowledge, "evaluate", path)
    assert line.startswith(str(path))
    assert told in line


@pytest.mark.usefixtures("home")
def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", [{"query": "泳池几点开", "question": "游泳馆几点开门"}])
    gone = tmp_path / "gone.jsonl"
    assert f"{gone}: cannot be read: No such file" in fault(knowledge, "evaluate", gone)
    wrong = write(tmp_path / "wrong.jsonl", [{"say": "讲个故事"}])
    line = fault(knowledge, "evaluate", path, "--negatives", wrong)
    assert line == f"{wrong}, row 1: text must be a text"


@pytest.mark.usefixtures("published")
def test_adapt_shows_before_and_after_and_keeps_the_old_encoder_where_it_is_better(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = [{"query": f"{n}号柜子", "question": f"第{n}个柜子在哪里"} for n in range(100, 130)]
    path = write(tmp_path / "pairs.jsonl", pairs)
    result = invoke(knowledge, ["adapt", path])
    assert result.exit_code in {0, 1}
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["recall@1", "recall@3", "recall@10"]
    assert [line.split("  ")[0] for line in lines[1:5]] == [
        "pairs kept aside",
        "pairs kept aside",
        "tests of the entries",
        "tests of the entries",
    ]
    monkeypatch.setattr(adapting, "better", lambda aside, tests: False)
    before = run(knowledge, "status")
    refused = invoke(knowledge, ["adapt", write(tmp_path / "more.jsonl", pairs[:25])])
    assert refused.exit_code == 1
    assert "the old one stays" in refused.stderr
    assert run(knowledge, "status") == before


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (['{"query": "柜子"}'], "row 1: question must be a text"),
        ([{"query": "柜子", "question": "柜子在哪里"}], "1 pairs are too few: 20 are the least"),
        ([], "has no rows"),
    ],
)
@pytest.mark.usefixtures("published")
def test_pairs_that_cannot_be_learnt_are_told(
    tmp_path: Path, rows: Sequence[Any], told: str
) -> None:
    assert told in fault(knowledge, "adapt", write(tmp_path / "pairs.jsonl", rows))
