"""``linli knowledge import`` of documents and tables, and ``template``."""

from pathlib import Path

import pytest

from bot.commands.knowledge import knowledge
from tests.bot.commands.running import fault, invoke, run
from tests.knowledge.corpus import LIBRARY
from tests.knowledge.documents import RULES
from tests.knowledge.entry_files import listed
from tests.knowledge.files.made import pdf, sheet

pytestmark = pytest.mark.usefixtures("home")
BARE = "云溪街道停车办法\n第一条 停车免费。"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_of_all_kinds_is_taken_once(tmp_path: Path) -> None:
    written(tmp_path / "rules.txt", RULES)
    pdf(
        tmp_path / "rules.pdf",
        [[BARE.split("\n")[0], "第一条 停车免费。", "第二条 本办法自2026年1月1日起施行。"]],
    )
    sheet(tmp_path / "entries.xlsx", listed(LIBRARY))
    report = tmp_path / "报告.md"
    first = run(knowledge, "import", tmp_path, "--report", report)
    assert first == (
        "1 added, 0 changed, 0 unchanged\ndocuments: 2 added, 0 changed, 0 unchanged\n"
    )
    assert "云溪街道宠物登记办法" in report.read_text(encoding="utf-8")
    report.unlink()
    assert run(knowledge, "import", tmp_path) == (
        "0 added, 0 changed, 1 unchanged\ndocuments: 0 added, 0 changed, 2 unchanged\n"
    )
    assert "云溪街道宠物登记办法" in run(knowledge, "list")


def test_one_fault_in_any_of_them_and_nothing_is_imported(tmp_path: Path) -> None:
    written(tmp_path / "a.txt", RULES)
    broken = written(tmp_path / "b.pdf", "no pdf")
    report = tmp_path / "report.out"
    line = fault(knowledge, "import", tmp_path / "a.txt", broken, "--report", report)
    assert (
        line
        == f"import: {broken}: is broken: it is no PDF, or only a part of one; nothing was imported"
    )
    assert "nothing was imported" in report.read_text(encoding="utf-8")
    assert "云溪" not in run(knowledge, "list")


def test_a_document_without_a_first_day_is_refused_until_it_is_given_one(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", BARE)
    assert "give --effective" in fault(knowledge, "import", path)
    assert run(knowledge, "import", path, "--effective", "2026-01-01").startswith(
        "documents: 1 added"
    )


def test_what_can_be_said_of_one_document_is_not_said_of_two(tmp_path: Path) -> None:
    written(tmp_path / "a.txt", RULES)
    written(tmp_path / "b.txt", BARE)
    told = fault(knowledge, "import", tmp_path, "--title", "某办法")
    assert told == "import: --title is for one document, not for 2"


def test_a_new_version_is_told_with_the_day_on_which_the_old_one_is_closed(tmp_path: Path) -> None:
    run(knowledge, "import", written(tmp_path / "a.txt", RULES))
    newer = RULES.replace("2021年3月5日", "2025年3月5日").replace("自2021年", "自2025年")
    result = invoke(knowledge, ["import", written(tmp_path / "b.txt", newer)])
    assert "will be closed on 2025-04-30, 1 differences" in result.stderr


def test_columns_can_be_mapped(tmp_path: Path) -> None:
    heading, row = listed(LIBRARY)
    heading[heading.index("question")] = "咨询内容"
    path = sheet(tmp_path / "a.xlsx", [[*heading, "备注"], [*row, "记一笔"]])
    assert "--columns 咨询内容=FIELD" in invoke(knowledge, ["import", path]).stderr
    assert "must be HEADING=FIELD" in fault(knowledge, "import", path, "--columns", "咨询内容")
    mapped = run(knowledge, "import", path, "--columns", "咨询内容=question,备注=-")
    assert mapped == "1 added, 0 changed, 0 unchanged\n"


def test_a_template_is_written_once_and_can_be_imported(tmp_path: Path) -> None:
    path = tmp_path / "空表.xlsx"
    assert run(knowledge, "template", path) == f"{path}\n"
    assert fault(knowledge, "template", path) == f"{path}: is there already"
    assert "is .xlsx or .csv" in fault(knowledge, "template", tmp_path / "a.doc")
    assert run(knowledge, "import", path).startswith("1 added")
