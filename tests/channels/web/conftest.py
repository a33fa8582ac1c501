import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.channels.web.canned_service import CannedService, running

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NETWORK_NOISE = "Failed to load resource"

expect.set_options(timeout=60_000)


def chromium() -> str | None:
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


@dataclass
class Watch:
    """What a page asked for and complained of."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda line: (
                self.complaints.append(line.text) if line.type in ("error", "warning") else None
            ),
        )

    def strangers(self, origin: str) -> list[str]:
        """Requests that left the origin."""
        ours = (f"{origin}/", "data:image/", f"blob:{origin}/")
        return [url for url in self.requests if not url.startswith(ours)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # A module at a time: Playwright's loop must not run while other tests start their own.
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine; .ci/run installs Debian's chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served() -> Iterator[CannedService]:
    with running(CannedService()) as service:
        yield service


@pytest.fixture
def service(served: CannedService) -> CannedService:
    served.reset()
    return served


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def page(browser: Browser, service: CannedService, watch: Watch) -> Iterator[Page]:
    """The residents' page on a phone; afterwards it must not have complained or strayed."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", reduced_motion="reduce"
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    watch.follow(page)
    page.goto(service.origin)
    yield page
    context.close()
    assert [line for line in watch.complaints if NETWORK_NOISE not in line] == []
    assert watch.strangers(service.origin) == []
