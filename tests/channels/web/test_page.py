import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import resources
from itertools import product

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from channels.web.page import page_routes, read_static, read_texts

HOSTILE_NAME = '<script>alert(1)</script>"&'


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(page_routes(community="云溪街道", opening="您好\n请说", questions=["甲？"]))
    with TestClient(app) as client:
        yield client


def scripts() -> list[str]:
    files = resources.files("channels.web").joinpath("static").iterdir()
    return [file.name for file in files if file.name.endswith(".js")]


def links(html: str) -> list[str]:
    return re.findall(r'(?:src|href)="(/[^"]*)"', html)


def test_the_page_carries_community_opening_and_questions(client: TestClient) -> None:
    html = client.get("/").text
    assert "<title>邻里 · 云溪街道</title>" in html
    assert '<p class="text">您好</p>\n<p class="text">请说</p>' in html
    assert '<button type="button">甲？</button>' in html


def test_what_a_deployer_writes_is_escaped() -> None:
    app = FastAPI()
    app.include_router(
        page_routes(community=HOSTILE_NAME, opening=HOSTILE_NAME, questions=[HOSTILE_NAME])
    )
    html = TestClient(app).get("/").text
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;") == 4


def test_every_file_the_page_asks_for_is_there_and_may_be_kept(client: TestClient) -> None:
    addresses = links(client.get("/").text)
    assert len(addresses) > 10
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]


def test_every_module_is_announced_in_the_page(client: TestClient) -> None:
    addresses = links(client.get("/").text)
    for address in (address for address in addresses if address.endswith(".js")):
        folder = address.rsplit("/", 1)[0]
        for imported in re.findall(r'from "\./([^"]+)"', client.get(address).text):
            assert f"{folder}/{imported}" in addresses


@pytest.mark.parametrize("path", ["/", "/static/any/page.css", "/static/any/texts.js"])
def test_headers_allow_nothing_but_the_page_itself(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["img-src"] == "'self' data: blob:"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


class Inline(HTMLParser):
    """Collects what a strict policy would block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        self.found += [f"{tag} {name}" for name in names if name.startswith("on")]
        self.found += [f"{tag} style"] if "style" in names or tag == "style" else []
        self.found += ["inline script"] if tag == "script" and "src" not in names else []


def test_the_page_has_nothing_inline(client: TestClient) -> None:
    inline = Inline()
    inline.feed(client.get("/").text)
    assert inline.found == []


def test_an_unchanged_page_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_file_of_another_version_is_sent_but_not_kept(client: TestClient) -> None:
    answer = client.get("/static/000000000000/page.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["page.html", "texts.json", "..%2fpage.py", "no.js"])
def test_only_the_files_of_the_page_are_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/any/{name}").status_code == 404


def test_all_chinese_of_the_surface_is_in_the_texts() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for name in {"page.html", *scripts()} - {"ticket.js"}:  # which knows statuses by their names
        code = re.sub(r"^\s*(//|/?\*).*$", "", read_static(name), flags=re.MULTILINE)
        assert chinese.findall(re.sub(r"//.*", "", code)) == [], name


def test_the_scripts_use_no_text_that_is_missing() -> None:
    texts = read_texts()
    used = [
        use for name in scripts() for use in re.findall(r"texts\.(\w+)\.(\w+)", read_static(name))
    ]
    assert len(used) > 30
    assert [use for use in used if use[1] not in texts[use[0]]] == []


def test_no_script_turns_text_into_markup() -> None:
    ways = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(")
    for name in scripts():
        assert not ways.search(read_static(name)), name


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def palettes() -> list[dict[str, str]]:
    """The light and the dark colours of the style sheet."""
    blocks = re.findall(r":root \{(.*?)\}", read_static("page.css"), flags=re.DOTALL)
    return [dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in blocks]


WORDS_ON_GROUND = [
    *product(("ink", "soft", "accent", "danger", "amber"), ("paper", "card")),
    *product(("ink", "soft", "accent"), ("tint",)),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("mine-ink", "mine"),
    ("amber", "amber-paper"),
    ("ink", "danger-paper"),
    ("danger", "danger-paper"),
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), WORDS_ON_GROUND)
def test_words_stand_out_from_their_ground(scheme: int, words: str, ground: str) -> None:
    palette = palettes()[scheme]
    assert contrast(palette[words], palette[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), list(product(("edge", "focus"), ("paper", "card"))))
def test_edges_of_controls_can_be_seen(scheme: int, edge: str, ground: str) -> None:
    palette = palettes()[scheme]
    assert contrast(palette[edge], palette[ground]) >= 3
