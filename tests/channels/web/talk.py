"""What a resident does on the page, and what stands there then."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

BEGINNING = datetime(2026, 3, 2, 2, tzinfo=UTC)


def say(page: Page, text: str) -> None:
    page.get_by_label("写给邻里的话").fill(text)
    page.get_by_role("button", name="发送", exact=True).click()


def stop_clock(page: Page) -> None:
    """Nothing that waits for its time happens until ``page.clock.run_for`` lets the time pass."""
    page.clock.install(time=BEGINNING)
    page.clock.pause_at(BEGINNING + timedelta(minutes=10))


def own(page: Page) -> Locator:
    return page.locator("#log .mine")


def replies(page: Page) -> Locator:
    return page.locator("#log .linli")


def expect_log(page: Page, lines: list[str]) -> None:
    """The log, message by message, is just this."""
    expect(page.locator("#log > .message > .text")).to_have_text(lines)


def unsent(page: Page) -> list[dict[str, Any]]:
    kept: dict[str, str] = page.evaluate("({...localStorage})")
    return [json.loads(value) for key, value in kept.items() if key.startswith("linli.unsent.")]


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Wait for what the service must see."""
    for _ in range(1200):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it has not come about")
