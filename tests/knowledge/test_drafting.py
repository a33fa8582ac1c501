from datetime import date
from pathlib import Path

import pytest

from knowledge.document import Document
from knowledge.drafting import (
    Draft,
    Given,
    Judged,
    Outcome,
    judge,
    read_document,
    read_documents,
    region_of,
)
from knowledge.files.block import FileFault
from tests.knowledge.documents import NOTICE, RULES
from tests.knowledge.files.made import pdf, word

REGIONS = ("云溪街道", "北京市", "全国")
NEWER = (
    RULES.replace("第二次会议通过", "第二次会议通过\n2025年6月1日云溪街道居民议事会第九次会议修订")
    .replace("每年一次", "每两年一次")
    .replace("2021年5月1日", "2025年8月1日")
)
RENAMED = """云溪街道伴侣动物办法
2027年3月5日云溪街道居民议事会第十次会议通过
第一条 为了让养宠物的邻居方便，制定本办法。
第二条 本办法自2027年5月1日起施行。《云溪街道宠物登记办法》同时废止。
"""


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def drafts(*paths: Path) -> list[Draft]:
    faults: list[str] = []
    read = [draft for draft in read_documents(paths, REGIONS, Given(), faults) if draft]
    assert faults == []
    return read


def judged(read: list[Draft], known: list[Document]) -> list[Judged]:
    return list(judge(read, {document.id: document for document in known}))


def test_a_document_is_read_whole(tmp_path: Path) -> None:
    document = read_document(written(tmp_path / "a.txt", NOTICE), REGIONS).document
    assert document.title == "云溪街道办事处关于调整活动室开放时间的通知"
    assert (document.number, document.issuer) == ("云街办〔2025〕7号", "云溪街道办事处")
    assert (document.published, document.effective) == (date(2025, 6, 10), date(2025, 7, 1))
    assert (document.expires, document.region) == (date(2028, 6, 30), "云溪街道")


def test_the_same_document_is_read_from_every_format(tmp_path: Path) -> None:
    lines = [line for line in RULES.split("\n") if line]
    paths = [
        written(tmp_path / "a.txt", RULES),
        written(tmp_path / "a.html", "".join(f"<p>{line}</p>" for line in lines)),
        word(tmp_path / "a.docx", lines),
        pdf(tmp_path / "a.pdf", [lines[:6], lines[6:]]),
    ]
    read = [read_document(path, REGIONS).document for path in paths]
    assert len({document.id for document in read}) == 1
    for document in read:
        assert [entry.answer for entry in document.entries()] == [
            entry.answer for entry in read[0].entries()
        ]
    assert [passage.page for passage in read[3].passages] == [1, 1, 2, 2, 2]


def test_what_the_editor_says_goes_before_the_head(tmp_path: Path) -> None:
    given = Given(
        title="门牌办法",
        number="一号",
        issuer="街道",
        region="北京市",
        handler="服务台",
        link="https://example.org",
        effective=date(2026, 1, 1),
        expires=date(2026, 12, 31),
    )
    document = read_document(written(tmp_path / "a.txt", RULES), REGIONS, given).document
    assert (document.title, document.number, document.issuer) == ("门牌办法", "一号", "街道")
    assert (document.region, document.handler, document.link) == (
        "北京市",
        "服务台",
        "https://example.org",
    )
    assert (document.effective, document.expires) == (date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "given", "fault"),
    [
        ("停车办法\n第一条 停车免费。", Given(region="全国"), "give --effective"),
        ("关于停车的通知\n一、停车免费。\n本通知自2026年1月1日起执行。", Given(), "give --region"),
        ("停车条例", Given(effective=date(2026, 1, 1)), "has a head, but no text"),
        (RULES, Given(expires=date(2020, 1, 1)), "lies before its first"),
    ],
)
def test_what_must_be_known_is_asked_for(
    tmp_path: Path, text: str, given: Given, fault: str
) -> None:
    with pytest.raises(FileFault, match=fault):
        read_document(written(tmp_path / "a.txt", text), REGIONS, given)


def test_every_fault_is_told_and_the_same_version_twice_is_one(tmp_path: Path) -> None:
    paths = [
        written(tmp_path / "a.txt", RULES),
        written(tmp_path / "b.md", RULES),
        written(tmp_path / "c.txt", "停车"),
        written(tmp_path / "d.pdf", "no pdf"),
    ]
    faults: list[str] = []
    assert len(list(read_documents(paths, REGIONS, Given(), faults))) == 4
    assert [fault.partition(": ")[0] for fault in faults] == [str(path) for path in paths[1:]]
    assert f"the same version of the same document as {paths[0]}" in faults[0]


def test_missing_articles_are_told(tmp_path: Path) -> None:
    draft = read_document(written(tmp_path / "a.txt", RULES.replace("第四条", "第七条 ")), REGIONS)
    assert draft.notes == ("articles are missing: 第3条 is followed by 第7条",)


def test_the_same_file_again_is_unchanged(tmp_path: Path) -> None:
    (draft,) = drafts(written(tmp_path / "a.txt", RULES))
    (one,) = judged([draft], [draft.document])
    assert (one.outcome, one.differences) == (Outcome.UNCHANGED, ())


def test_a_new_version_closes_the_old_and_shows_the_differences(tmp_path: Path) -> None:
    old, new = drafts(written(tmp_path / "a.txt", RULES), written(tmp_path / "b.txt", NEWER))
    (one,) = judged([new], [old.document])
    assert one.outcome is Outcome.VERSION
    assert one.before is not None
    assert (one.before.id, one.before.expires) == (old.document.id, date(2025, 7, 31))
    assert [str(difference) for difference in one.differences] == [
        "~ 第四条  登记每{+两+}年一次。",
        "~ 第五条  本办法自202[-1-]{+5+}年[-5-]{+8+}月1日起施行。《云溪街道养狗须知》同时废止。",
    ]


def test_a_law_under_a_new_name_takes_the_place_of_what_it_repeals(tmp_path: Path) -> None:
    read = drafts(written(tmp_path / "a.txt", RENAMED), written(tmp_path / "b.txt", RULES))
    renamed, old = judged(read, [])
    assert (renamed.outcome, old.outcome) == (Outcome.VERSION, Outcome.NEW)
    assert old.document.expires == date(2027, 4, 30)
    assert renamed.before == old.document


def test_a_text_put_right_is_compared_with_what_it_was(tmp_path: Path) -> None:
    (wrong,) = drafts(written(tmp_path / "a.txt", RULES.replace("不收费", "收费")))
    (right,) = drafts(written(tmp_path / "a.txt", RULES))
    (one,) = judged([right], [wrong.document])
    assert one.outcome is Outcome.CHANGED
    assert "登记{+不+}收费" in str(one.differences[0])


@pytest.mark.parametrize(
    ("title", "issuer", "region"),
    [
        ("北京市停车条例", "", "北京市"),
        ("北京市海淀区停车办法", "", "海淀区"),
        ("云溪街道停车办法", "", "云溪街道"),
        ("上海市停车条例", "", "上海市"),
        ("中华人民共和国门牌法", "", "全国"),
        ("门牌条例", "国务院", "全国"),
        ("门牌条例", "", "全国"),
        ("关于门牌的通知", "民政部、财政部", "全国"),
        ("关于门牌的通知", "北京市民政局", "北京市"),
        ("关于门牌的通知", "市民政局", ""),
        ("关于门牌的通知", "", ""),
        ("城市门牌规定", "", "全国"),
    ],
)
def test_where_it_holds_follows_from_title_and_issuer(title: str, issuer: str, region: str) -> None:
    assert region_of(title, issuer, "", REGIONS) == region
