from pathlib import Path

import pytest

from knowledge.files.block import FileFault
from knowledge.files.office import check_office
from tests.knowledge.files.made import sheet, with_member, word

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_what_the_libraries_write_is_taken(tmp_path: Path) -> None:
    check_office(word(tmp_path / "some.docx", ["停车免费。"] * 500))
    check_office(sheet(tmp_path / "some.xlsx", [["停车", "免费"]] * 500))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (OLE + b"\0" * 600, "old Office format; save it as .docx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "is encrypted"),
        (b"PK\x03\x04 and nothing more", "is broken"),
        (b"plain words", "is broken"),
    ],
)
def test_what_is_no_office_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "some.docx"
    path.write_bytes(content)
    with pytest.raises(FileFault, match=reason):
        check_office(path)


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "xl/macrosheets/sheet1.xml"])
def test_macros_are_refused(tmp_path: Path, name: str) -> None:
    path = with_member(word(tmp_path / "some.docx", ["停"]), name, b"Sub AutoOpen()")
    with pytest.raises(FileFault, match="carries macros"):
        check_office(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = with_member(word(tmp_path / "some.docx", ["停"]), "word/bomb.xml", b" " * 30_000_000)
    assert path.stat().st_size < 100_000
    with pytest.raises(FileFault, match=r"would unpack to 2\d MB"):
        check_office(path)


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    path = word(tmp_path / "some.docx", ["停"])
    data = path.read_bytes().replace(b"[Content_Types].xml", b"[Content-Types].xml")
    path.write_bytes(data)
    with pytest.raises(FileFault, match="is broken"):
        check_office(path)
