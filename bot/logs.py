"""Lines of the log, as text or as one JSON object each, with nothing that residents said.

Errors are told by their type and where they rose, never by their text, which may quote a message;
of other programs' lines only the first is kept, and only what they warn of. Runs inside Rasa too.
"""

import json
import logging
import logging.config
import re
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from channels.marks import current

OURS = ("actions", "bot", "channels", "knowledge", "nlu", "uvicorn")
ROOT = Path(__file__).resolve().parent.parent
FRAMES = 8
"""Places of a traceback that are told, the innermost last."""

NAMED = re.compile(r"'[a-z]+:[^']*'")
"""A conversation as Rasa names it."""

WARNING = re.compile(r"(.+):(\d+): (\w*Warning)\b")


def no_trace() -> str:
    return ""


class Lines(logging.Formatter):
    """``2026-03-02T02:00:00.123Z WARNING channels.gateway: … [web 1f2e… 12]``.

    Args:
        trace: the number of the trace at hand, empty for none.
    """

    def __init__(self, trace: Callable[[], str] = no_trace) -> None:
        super().__init__()
        self.trace = trace

    def format(self, record: logging.LogRecord) -> str:
        facts = self.facts(record)
        about = [str(facts[key]) for key in ("channel", "conversation", "inbound") if key in facts]
        told = [f"[{' '.join(about)}]"] if about else []
        told += [f"trace={facts['trace_id']}"] if "trace_id" in facts else []
        told += [f"{facts['error']} {' < '.join(facts['at'])}"] if "error" in facts else []
        head = f"{facts['time']} {facts['level']} {facts['logger']}: {facts['message']}"
        return " ".join((head, *told))

    def facts(self, record: logging.LogRecord) -> dict[str, Any]:
        """What is told of a record; what is empty is left out."""
        about = current.get()
        facts: dict[str, Any] = {
            "time": moment(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": said_by(record),
            "channel": about.channel,
            "conversation": about.conversation,
            "inbound": about.message,
            "trace_id": self.trace(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            facts |= {"error": record.exc_info[0].__name__, "at": places(record.exc_info[2])}
        return {key: value for key, value in facts.items() if value not in ("", None)}


class JsonLines(Lines):
    """The same facts, one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.facts(record), ensure_ascii=False)


def moment(seconds: float) -> str:
    """UTC, ISO 8601, milliseconds."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1000):03d}Z"


def said_by(record: logging.LogRecord) -> str:
    """The first line, without what may quote a message: a warning's text, an event's values."""
    line, _, _ = record.getMessage().partition("\n")
    if record.name == "py.warnings":
        found = WARNING.match(line)
        return f"{short(found[1])}:{found[2]} {found[3]}" if found else "warning"
    if record.name.split(".")[0] != "rasa":
        return line
    event = str(json.loads(line)["event"]) if line.startswith("{") else line
    return NAMED.sub("'…'", event)


def places(trace: TracebackType | None) -> list[str]:
    """File, line and function of the innermost frames."""
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def short(file: str) -> str:
    """A path from the project or from the packages, without what belongs to the machine."""
    path = Path(file)
    for start in ("site-packages", ROOT.name):
        if start in path.parts:
            return "/".join(path.parts[path.parts.index(start) + 1 :])
    return path.name


FORMATS: dict[str, type[Lines]] = {"text": Lines, "json": JsonLines}


def configure(level: str, form: str, trace: Callable[[], str] = no_trace) -> None:
    """Let every line of this process be written so, to standard error.

    Args:
        level: of our own lines and uvicorn's; others only warn.
        form: one of ``FORMATS``.
    """
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"lines": {"()": lambda: FORMATS[form](trace)}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
            "root": {"level": "ERROR" if level == "ERROR" else "WARNING", "handlers": ["stderr"]},
            "loggers": {name: {"level": level, "handlers": [], "propagate": True} for name in OURS},
        }
    )
    logging.captureWarnings(capture=True)
