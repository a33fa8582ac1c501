"""Checks of .docx and .xlsx before they are opened: they are zip archives of XML."""

import zipfile
from pathlib import Path

from knowledge.files.block import FileFault

UNPACKED = 300 * 2**20
"""Bytes that an archive may unpack to."""
SQUEEZED = 200
"""How many times smaller a member may be packed; text in XML reaches a tenth of that."""
MEMBERS = 5000
_SMALL = 2**20
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def check_office(path: Path) -> None:
    """Refuses what is encrypted, of the old format, broken, too large inside or has macros.

    Raises:
        FileFault: with the reason.
    """
    with path.open("rb") as file:
        start = file.read(len(_OLD))
        if start == _OLD:
            rest = file.read(2**20)
            if _ENCRYPTED in rest:
                raise FileFault("is encrypted; save it without a password")
            raise FileFault(f"is of the old Office format; save it as {path.suffix.lower()}")
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileFault("is broken: it is no Office file, or only a part of one") from error
    if len(members) > MEMBERS:
        raise FileFault(f"has {len(members)} parts inside; an Office file has at most {MEMBERS}")
    names = {member.filename.lower() for member in members}
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise FileFault("carries macros; save it without them")
    if any(member.flag_bits & 1 for member in members):
        raise FileFault("is encrypted; save it without a password")
    if "[content_types].xml" not in names:
        raise FileFault("is broken: it is no Office file")
    unpacked = sum(member.file_size for member in members)
    squeezed = any(
        member.file_size > _SMALL and member.file_size > SQUEEZED * max(1, member.compress_size)
        for member in members
    )
    if unpacked > UNPACKED or squeezed:
        raise FileFault(
            f"would unpack to {unpacked / 2**20:.0f} MB from {path.stat().st_size / 2**20:.1f} MB: "
            "a zip bomb, or too large"
        )
