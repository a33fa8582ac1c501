import base64
import io
import zlib
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from channels.attachments import LONGEST_SIDE, NAME, Attachments, NoPicture

LIMIT = 5_000_000
GPS, MAKER, ORIENTATION = 0x8825, 0x010F, 0x0112


def drawn(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Its left half is white, its right half black."""
    picture = Image.new(mode, size)
    white = 255 if mode in {"L", "P"} else (255,) * len(picture.getbands())
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill=white)
    return picture


def encoded(picture: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def data_url(content: bytes, kind: str = "jpeg") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims its size, one bit a pixel, and unfolds to it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return pack(">I", len(content)) + body + pack(">I", zlib.crc32(body))

    header = pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 7) // 8 + 1) * height, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.fixture
def kept(tmp_path: Path) -> Attachments:
    return Attachments(tmp_path / "attachments", LIMIT)


def keep(kept: Attachments, url: str, message: str = "web:a/1") -> str:
    return kept.keep(url, message)


def opened(kept: Attachments, name: str) -> Image.Image:
    return Image.open(io.BytesIO(kept.read(name)))


def is_white(picture: Image.Image, x: int, y: int) -> bool:
    return picture.convert("L").tobytes()[y * picture.width + x] > 128


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif"])
def test_a_picture_is_kept_as_jpeg(kept: Attachments, kind: str) -> None:
    name = keep(kept, data_url(encoded(drawn(), kind.upper()), kind))
    assert NAME.fullmatch(name)
    picture = opened(kept, name)
    assert (picture.format, picture.size) == ("JPEG", (60, 40))
    assert (is_white(picture, 5, 20), is_white(picture, 55, 20)) == (True, False)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "I;16"])
def test_every_way_of_colouring_is_taken(kept: Attachments, mode: str) -> None:
    picture = Image.new(mode, (9, 7))
    assert opened(kept, keep(kept, data_url(encoded(picture, "PNG"), "png"))).size == (9, 7)


def test_place_time_and_camera_are_dropped(kept: Attachments) -> None:
    exif = Image.Exif()
    exif[MAKER] = "Camera-of-Zhang"
    exif.get_ifd(GPS)[1] = "N"
    sent = encoded(
        drawn(),
        exif=exif,
        comment=b"Comment-of-Zhang",
        xmp=b"<x:xmpmeta>Place-of-Zhang</x:xmpmeta>",
        icc_profile=b"Profile-of-Zhang",
    )
    assert sent.count(b"of-Zhang") == 4
    name = keep(kept, data_url(sent))
    assert b"of-Zhang" not in kept.read(name)
    assert dict(opened(kept, name).getexif()) == {}


def test_words_in_a_png_and_a_gif_are_dropped(kept: Attachments) -> None:
    words = PngInfo()
    words.add_text("Comment", "Place-of-Zhang")
    for kind, sent in (
        ("png", encoded(drawn(), "PNG", pnginfo=words)),
        ("gif", encoded(drawn(), "GIF", comment=b"Place-of-Zhang")),
    ):
        assert b"of-Zhang" in sent
        assert b"of-Zhang" not in kept.read(keep(kept, data_url(sent, kind)))


def test_a_picture_taken_sideways_stands_upright(kept: Attachments) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    picture = opened(kept, keep(kept, data_url(encoded(drawn((60, 40)), exif=exif))))
    assert picture.size == (40, 60)
    assert (is_white(picture, 20, 5), is_white(picture, 20, 55)) == (True, False)


def test_a_large_picture_is_made_smaller_in_proportion(kept: Attachments) -> None:
    picture = opened(kept, keep(kept, data_url(encoded(drawn((4000, 1000))))))
    assert picture.size == (LONGEST_SIDE, LONGEST_SIDE // 4)


@pytest.mark.parametrize("size", [(20_000, 20_000), (8000, 7000), (300_000, 300)])
def test_a_small_file_that_unfolds_to_a_huge_picture_is_refused(
    kept: Attachments, size: tuple[int, int]
) -> None:
    bomb = png_of(*size)
    assert len(bomb) < LIMIT
    with pytest.raises(NoPicture, match=r"too many pixels|cannot be opened"):
        keep(kept, data_url(bomb, "png"))


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif"])
def test_half_a_picture_is_refused(kept: Attachments, kind: str) -> None:
    whole = encoded(Image.effect_noise((200, 200), 90), kind.upper())
    with pytest.raises(NoPicture, match="cannot be opened"):
        keep(kept, data_url(whole[: len(whole) // 2], kind))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7",
        b"\x00" * 1000,
        encoded(drawn(), "BMP"),
        encoded(drawn(), "TIFF"),
        encoded(drawn(), "ICO"),
    ],
    ids=["empty", "svg", "html", "pdf", "zeros", "bmp", "tiff", "ico"],
)
def test_what_is_no_photo_is_refused_whatever_it_calls_itself(
    kept: Attachments, content: bytes
) -> None:
    with pytest.raises(NoPicture, match="cannot be opened"):
        keep(kept, data_url(content, "png"))


def test_a_page_hidden_behind_a_picture_does_not_come_through(kept: Attachments) -> None:
    sent = encoded(drawn()) + b"<script>alert(1)</script>"
    assert b"<script>" not in kept.read(keep(kept, data_url(sent)))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "photo.jpg",
        "http://127.0.0.1/a.jpg",
        "file:///etc/hostname",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:text/html;base64,PHN2Zy8+",
        "data:image/jpeg,raw",
        "data:image/jpeg;base64,%%%",
        "data:image/jpeg;base64,照片",
        "data:image/jpeg;base64,\ud800",
        "data:image/jpeg;base64,AAAAA",
    ],
)
def test_only_a_photo_as_a_data_url_is_read(kept: Attachments, url: str) -> None:
    with pytest.raises(NoPicture):
        keep(kept, url)


def test_more_bytes_than_allowed_are_refused_unread(tmp_path: Path) -> None:
    content = encoded(Image.effect_noise((100, 100), 90), "PNG")
    assert NAME.fullmatch(keep(Attachments(tmp_path, len(content)), data_url(content, "png")))
    with pytest.raises(NoPicture, match="larger"):
        keep(Attachments(tmp_path, len(content) - 100), data_url(content, "png"))


def test_what_is_refused_leaves_nothing_behind(kept: Attachments) -> None:
    with pytest.raises(NoPicture):
        keep(kept, data_url(b"<svg/>", "png"))
    assert not kept.folder.exists()


def test_a_picture_sent_again_is_kept_once_and_another_message_has_its_own(
    kept: Attachments,
) -> None:
    url = data_url(encoded(drawn()))
    assert keep(kept, url, "web:a/1") == keep(kept, url, "web:a/1")
    others = {keep(kept, url, "web:a/2"), keep(kept, data_url(encoded(drawn((9, 9)))))}
    assert {path.name for path in kept.folder.iterdir()} == {keep(kept, url), *others}
    assert len(others) == 2


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../keys/vault.key",
        "..%2fkeys%2fvault.key",
        "/etc/hostname",
        "0" * 32,
        f"{'0' * 32}.png",
        f"../{'0' * 32}.jpg",
        f"{'0' * 32}.jpg\n",
        f"{'A' * 32}.jpg",
        f"{'0' * 32}.jpg",
    ],
)
def test_no_other_name_reads_a_file(kept: Attachments, name: str) -> None:
    kept.folder.mkdir()
    (kept.folder / ("0" * 32)).write_bytes(b"secret")
    (kept.folder.parent / "keys").mkdir()
    (kept.folder.parent / "keys" / "vault.key").write_bytes(b"secret")
    with pytest.raises(FileNotFoundError):
        kept.read(name)
