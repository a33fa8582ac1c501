from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.files.docx import read_docx
from tests.knowledge.files.made import fault_of, with_member, word

NUMBERED = """<w:numbering {ns}>
<w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>
<w:lvlText w:val="第%1条"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>
<w:lvlText w:val="（%2）"/></w:lvl>
</w:abstractNum><w:num w:numId="9"><w:abstractNumId w:val="7"/></w:num></w:numbering>"""


def test_paragraphs_headings_and_tables_come_in_their_order(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("停车办法", 0)
    document.add_heading("第一章 总则", 1)
    document.add_paragraph("第一条 停车免费。")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "小车", "免费"
    document.add_paragraph("第二条 大车另议。")
    path = tmp_path / "some.docx"
    document.save(str(path))
    assert [(block.text, block.level) for block in read_docx(path)] == [
        ("停车办法", 1),
        ("第一章 总则", 1),
        ("第一条 停车免费。", 0),
        ("小车 | 免费", 0),
        ("第二条 大车另议。", 0),
    ]


def test_automatic_numbers_are_written_out(tmp_path: Path) -> None:
    document = docx.Document()
    for text, depth in (
        ("停车免费。", 0),
        ("小车；", 1),
        ("大车。", 1),
        ("晚上不停。", 0),
        ("货车。", 1),
    ):
        paragraph = document.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="9"/></w:numPr>'
            )
        )
    path = tmp_path / "some.docx"
    document.save(str(path))
    with_member(path, "word/numbering.xml", NUMBERED.format(ns=nsdecls("w")).encode())
    assert [block.text for block in read_docx(path)] == [
        "第一条 停车免费。",
        "（一）小车；",
        "（二）大车。",
        "第二条 晚上不停。",
        "（一）货车。",
    ]


def test_deleted_text_is_gone_and_inserted_text_is_there(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("停车")
    paragraph._p.append(
        parse_xml(f'<w:ins {nsdecls("w")} w:id="1"><w:r><w:t>免费。</w:t></w:r></w:ins>')
    )
    paragraph._p.append(
        parse_xml(
            f'<w:del {nsdecls("w")} w:id="2"><w:r><w:delText>收费。</w:delText></w:r></w:del>'
        )
    )
    path = tmp_path / "some.docx"
    document.save(str(path))
    assert [block.text for block in read_docx(path)] == ["停车免费。"]


def test_a_part_of_a_file_is_refused(tmp_path: Path) -> None:
    whole = word(tmp_path / "some.docx", ["停车免费。"]).read_bytes()
    for length in (10, len(whole) // 2, len(whole) - 10):
        part = tmp_path / "part.docx"
        part.write_bytes(whole[:length])
        assert "is broken" in fault_of(part)


ENTITY = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"


@pytest.mark.parametrize(
    "content", [b"", b"no xml", b"<w:document/>", b"<a>" * 100_000, ENTITY], ids=range(5)
)
def test_a_document_without_sense_inside_is_refused(tmp_path: Path, content: bytes) -> None:
    path = with_member(word(tmp_path / "some.docx", ["停"]), "word/document.xml", content)
    assert "is broken" in fault_of(path)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(place=st.integers(0, 30_000), byte=st.integers(0, 255))
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, place: int, byte: int) -> None:
    path = tmp_path / "some.docx"
    if not path.exists():
        word(path, ["停车免费。"] * 3)
    data = bytearray(path.read_bytes())
    data[place % len(data)] = byte
    damaged = tmp_path / "damaged.docx"
    damaged.write_bytes(data)
    assert fault_of(damaged) or read_docx(damaged)
