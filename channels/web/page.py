"""The residents' page: one chat page and its files, with headers that let in nothing else."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib import resources
from string import Template

from fastapi import APIRouter, HTTPException, Request, Response

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

ALWAYS_ASK = "no-cache"
KEEP = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page as it is sent."""

    body: bytes
    media_type: str

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:32]}"'

    def answer(self, request: Request, cache: str) -> Response:
        headers = {**HEADERS, "Cache-Control": cache, "ETag": self.etag}
        known = request.headers.get("If-None-Match", "")
        if self.etag in (tag.strip().removeprefix("W/") for tag in known.split(",")):
            return Response(status_code=304, headers=headers)
        return Response(self.body, media_type=self.media_type, headers=headers)


def page_routes(*, community: str, opening: str, questions: Sequence[str]) -> APIRouter:
    """Routes of the page: ``/`` and ``/static/{version}/{name}``.

    The version is a hash over all files, so a file never changes under its address and may be
    kept for ever; an address of another version gets today's file and is not kept.

    Args:
        community: the community's name as residents know it.
        opening: what Linli says first; each line is a paragraph.
        questions: quick questions, sent as they stand when tapped.

    Raises:
        KeyError: the page's template asks for a text that ``texts.json`` does not have.
    """
    assets = dict(read_assets())
    version = version_of(assets)
    page = Asset(
        page_html(assets, f"/static/{version}", community, opening, questions).encode(),
        "text/html; charset=utf-8",
    )
    router = APIRouter(include_in_schema=False)

    @router.api_route("/", methods=["GET", "HEAD"])
    def residents_page(request: Request) -> Response:
        return page.answer(request, ALWAYS_ASK)

    @router.api_route("/static/{asked}/{name}", methods=["GET", "HEAD"])
    def static_file(request: Request, asked: str, name: str) -> Response:
        if name not in assets:
            raise HTTPException(404)
        return assets[name].answer(request, KEEP if asked == version else ALWAYS_ASK)

    return router


def read_assets() -> Iterator[tuple[str, Asset]]:
    """The files that browsers may fetch, by name; the texts become a module of their own."""
    for file in resources.files("channels.web").joinpath("static").iterdir():
        media_type = MEDIA_TYPES.get(file.name[file.name.rfind(".") :])
        if media_type is not None:
            yield file.name, Asset(file.read_bytes(), media_type)
    module = f"export default {json.dumps(read_texts(), ensure_ascii=False)};\n"
    yield "texts.js", Asset(module.encode(), MEDIA_TYPES[".js"])


def read_texts() -> dict[str, dict[str, str]]:
    """All that this surface says, by part of the page."""
    texts: dict[str, dict[str, str]] = json.loads(read_static("texts.json"))
    return texts


def read_static(name: str) -> str:
    return resources.files("channels.web").joinpath("static", name).read_text(encoding="utf-8")


def version_of(assets: Mapping[str, Asset]) -> str:
    tags = "".join(f"{name}{assets[name].etag}" for name in sorted(assets))
    return sha256(tags.encode()).hexdigest()[:12]


def page_html(
    assets: Mapping[str, Asset],
    static: str,
    community: str,
    opening: str,
    questions: Sequence[str],
) -> str:
    modules = sorted(name for name in assets if name.endswith(".js") and name != "large_type.js")
    return Template(read_static("page.html")).substitute(
        {key: escape(text) for key, text in read_texts()["page"].items()},
        static=static,
        community=escape(community),
        opening="\n".join(f'<p class="text">{escape(line)}</p>' for line in opening.splitlines()),
        questions="\n".join(
            f'<li><button type="button">{escape(question)}</button></li>' for question in questions
        ),
        preloads="\n".join(
            f'<link rel="modulepreload" href="{static}/{name}">' for name in modules
        ),
    )
