"""Photographs and places, from choosing them to the service."""

import base64
import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image
from playwright.sync_api import Page, expect

from tests.channels.web.canned_service import CannedService
from tests.channels.web.talk import expect_log, own, replies, unsent

pytestmark = pytest.mark.browser

PLACE = {"latitude": 39.9087654321, "longitude": 116.3975, "accuracy": 30.2}


@pytest.fixture
def gradient(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.linear_gradient("L").resize((3000, 2000)).save(path)
    return path


def choose(page: Page, file: Path | dict[str, Any]) -> None:
    page.locator("#photo").set_input_files(file)  # type: ignore[arg-type]


def agree(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="发送").click()


def sent(service: CannedService) -> Image.Image:
    start, _, content = service.posts[-1]["image"].partition(",")
    assert start == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(content)))


def test_a_photo_is_shown_before_it_is_sent_and_made_small(
    page: Page, service: CannedService, gradient: Path
) -> None:
    choose(page, gradient)
    expect(page.get_by_role("dialog").locator("img")).to_be_visible()
    page.get_by_role("button", name="先不发").click()
    assert service.posts == []
    choose(page, gradient)
    agree(page)
    expect(own(page).locator("img")).to_be_visible()
    expect(replies(page)).to_have_text([re.compile("收到：.照片.")])
    assert sent(service).size == (1600, 1067)


def test_where_and_with_what_it_was_taken_stays_on_the_device(
    page: Page, service: CannedService, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # taken upright
    exif[ExifTags.Base.Model] = "SECRET-CAMERA"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (39.0, 54.0, 30.0)
    path = tmp_path / "photo.jpg"
    Image.linear_gradient("L").resize((400, 300)).save(path, exif=exif, comment=b"SECRET")
    assert b"SECRET-CAMERA" in path.read_bytes()
    choose(page, path)
    agree(page)
    expect(replies(page)).to_have_count(1)
    picture = sent(service)
    assert picture.size == (300, 400)
    assert dict(picture.getexif()) == {}
    assert b"SECRET" not in base64.b64decode(service.posts[0]["image"].partition(",")[2])


def test_a_very_large_photo_arrives_small(
    page: Page, service: CannedService, tmp_path: Path
) -> None:
    path = tmp_path / "photo.jpg"
    Image.effect_noise((2600, 2000), 90).save(path, quality=80)
    choose(page, path)
    agree(page)
    expect(replies(page)).to_have_count(1)
    assert len(service.posts[0]["image"]) <= 1_200_000
    assert max(sent(service).size) <= 1600


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("IMG_0001.HEIC", "", "这张照片是 HEIC 格式，这里打不开。可以打开照片截个屏，发截屏的图。"),
        (
            "photo",
            "image/heic",
            "这张照片是 HEIC 格式，这里打不开。可以打开照片截个屏，发截屏的图。",
        ),
        ("photo.png", "image/png", "这张照片打不开，请换一张 JPG 或 PNG 的。"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    page: Page, service: CannedService, name: str, kind: str, told: str
) -> None:
    choose(page, {"name": name, "mimeType": kind, "buffer": b"no picture"})
    expect(page.locator("#remaining")).to_have_text(told)
    assert service.posts == []


def test_how_much_of_it_has_travelled_is_told(
    page: Page, service: CannedService, tmp_path: Path
) -> None:
    path = tmp_path / "photo.jpg"
    Image.effect_noise((1500, 1000), 60).save(path, quality=80)
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 60_000}
    network.send("Network.emulateNetworkConditions", slow)
    choose(page, path)
    agree(page)
    expect(own(page)).to_contain_text(re.compile(r"正在发送照片，已完成 \d+%"))
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    expect(replies(page)).to_have_count(1)
    expect(own(page).locator(".delivery")).to_have_count(0)


def test_a_photo_without_a_line_waits_and_goes_out_once(
    page: Page, service: CannedService, gradient: Path
) -> None:
    page.context.set_offline(True)
    choose(page, gradient)
    agree(page)
    expect(own(page)).to_contain_text("未送达，正在重试")
    assert len(unsent(page)) == 1
    page.context.set_offline(False)
    expect(replies(page)).to_have_text([re.compile("收到：.照片.")])
    assert service.said() == ["[照片]"]
    assert unsent(page) == []


def test_the_place_is_sent_after_a_yes(page: Page, service: CannedService) -> None:
    page.context.grant_permissions(["geolocation"], origin=service.origin)
    page.context.set_geolocation(PLACE)  # type: ignore[arg-type]
    page.get_by_role("button", name="位置").click()
    expect(page.get_by_role("dialog")).to_contain_text("31 米")
    page.get_by_role("button", name="先不发").click()
    assert service.posts == []
    page.get_by_role("button", name="位置").click()
    agree(page)
    expect_log(page, ["位置：我现在的位置 39.908765, 116.3975", "收到：[位置]"])
    assert service.posts[0]["location"] == {"latitude": 39.908765, "longitude": 116.3975}


def test_a_few_words_to_the_place_travel_with_it(page: Page, service: CannedService) -> None:
    page.context.grant_permissions(["geolocation"], origin=service.origin)
    page.context.set_geolocation(PLACE)  # type: ignore[arg-type]
    page.get_by_role("button", name="位置").click()
    page.get_by_label("哪栋楼").fill(" 3号楼东门 ")
    page.keyboard.press("Enter")
    expect_log(page, ["位置：3号楼东门", "收到：[位置]"])
    assert service.posts[0]["location"] == {
        "latitude": 39.908765,
        "longitude": 116.3975,
        "label": "3号楼东门",
    }


def test_who_does_not_want_to_say_where_they_are_is_told_the_other_way(
    page: Page, service: CannedService
) -> None:
    page.get_by_role("button", name="位置").click()
    told = "您没有允许这个页面用位置。没关系，直接写地址就行。"
    expect(page.locator("#remaining")).to_have_text(told)
    assert service.posts == []
