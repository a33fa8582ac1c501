import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.bot.rasa.environment import NEEDED, run

CHILD = """
import os, time
from bot.rasa.launcher import die_with_parent
die_with_parent()
print(os.getpid(), flush=True)
time.sleep(600)
"""
PARENT = f"""
import subprocess, sys, time
stdin = subprocess.PIPE if sys.argv[1] == "pipe" else None
subprocess.Popen([sys.executable, "-c", {CHILD!r}], stdin=stdin)
time.sleep(600)
"""


def started(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )


def child_of(parent: subprocess.Popen[bytes]) -> int:
    assert parent.stdout is not None
    return int(parent.stdout.readline())


def has_ended(output: int, child: int) -> bool:
    """Whether the child ends within a minute: its output does, which nobody else holds."""
    ended = bool(select.select([output], [], [], 60)[0]) and os.read(output, 1) == b""
    if not ended:
        os.kill(child, signal.SIGKILL)
    return ended


@pytest.mark.parametrize(
    "stdin",
    [
        "pipe",
        pytest.param(
            "held by another",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's"),
        ),
    ],
)
def test_it_ends_when_its_parent_is_killed(stdin: str) -> None:
    with started(PARENT, stdin) as parent:
        child = child_of(parent)
        assert parent.stdout is not None
        parent.kill()
        assert has_ended(parent.stdout.fileno(), child)


def test_it_ends_with_the_end_of_its_input_while_its_parent_lives() -> None:
    with started(CHILD) as child:
        child_of(child)
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(timeout=60) == 0


def test_it_stays_while_its_parent_lives_whatever_is_written_to_it() -> None:
    with started(CHILD) as child:
        child_of(child)
        assert child.stdin is not None
        child.stdin.write(b"hello\n")
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(timeout=0.5)
        child.kill()


LINES = """
import contextlib, io, json, logging, os
os.environ["LINLI_LOG_FORMAT"] = "json"
said = io.StringIO()
with contextlib.redirect_stderr(said):
    from bot.rasa.launcher import log_as_the_service_does
    log_as_the_service_does()
    import rasa.utils.io, structlog
    from rasa.utils.log_utils import configure_structlog
    from channels.marks import Mark, current
    rasa.utils.io.configure_colored_logging(logging.WARNING)
    configure_structlog(logging.WARNING)
    current.set(Mark(message=12))
    structlog.get_logger("rasa.core.processor").warning("no.model", text="overheard")
    logging.getLogger("rasa.core.actions").info("unheard")
print(json.dumps(said.getvalue().splitlines()))
"""


@NEEDED[0]
@NEEDED[1]
def test_rasas_lines_have_the_services_form_and_quote_nobody(tmp_path: Path) -> None:
    [line] = run(LINES, tmp_path)
    told = json.loads(line)
    assert told.pop("time")
    assert told == {
        "level": "WARNING",
        "logger": "rasa.core.processor",
        "message": "no.model",
        "inbound": 12,
    }
