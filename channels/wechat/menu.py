"""The account's own menu (自定义菜单): three buttons at most, five below each."""

from collections.abc import Mapping, Sequence
from typing import Any

TOP, BELOW = 3, 5
NAME_BYTES = {1: 16, 2: 60}
KEY_BYTES = 128


class MenuError(ValueError):
    """The menu is none that WeChat takes; the message says which button and why."""


def menu_of(buttons: object) -> dict[str, Any]:
    """The menu as WeChat's API takes it.

    Args:
        buttons: a list of ``{name, say}`` (a tap says it), ``{name, url}`` (a tap opens it) or
            ``{name, buttons: […]}``.

    Raises:
        MenuError: too many, a name too long, or a button that does nothing.
    """
    return {"button": several(buttons, 1, "menu")}


def several(buttons: object, level: int, place: str) -> list[dict[str, Any]]:
    most = TOP if level == 1 else BELOW
    if not isinstance(buttons, Sequence) or isinstance(buttons, str) or not buttons:
        raise MenuError(f"{place}: must be a list of buttons")
    if len(buttons) > most:
        raise MenuError(f"{place}: at most {most} buttons, not {len(buttons)}")
    return [one(button, level, f"{place}, button {n}") for n, button in enumerate(buttons, 1)]


def one(button: object, level: int, place: str) -> dict[str, Any]:
    if not isinstance(button, Mapping):
        raise MenuError(f"{place}: must be fields with values")
    name = str(button.get("name") or "")
    if not name or len(name.encode()) > NAME_BYTES[level]:
        raise MenuError(f"{place}: name must have 1 to {NAME_BYTES[level]} bytes")
    does = [key for key in ("say", "url", "buttons") if button.get(key)]
    if len(does) != 1:
        raise MenuError(f"{place}: needs one of say, url, buttons")
    if does == ["buttons"]:
        if level > 1:
            raise MenuError(f"{place}: has no place for further buttons")
        return {"name": name, "sub_button": several(button["buttons"], 2, place)}
    if does == ["url"]:
        return {"type": "view", "name": name, "url": str(button["url"])}
    said = str(button["say"])
    if len(said.encode()) > KEY_BYTES:
        raise MenuError(f"{place}: say must have at most {KEY_BYTES} bytes")
    return {"type": "click", "name": name, "key": said}
