"""A home folder whose Rasa is the pretended one."""

import shlex
import sys
from pathlib import Path

import pytest

SERVER = Path(__file__).with_name("pretended_rasa.py")


def pretend(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "models").mkdir(parents=True)
    (home / "models" / "one.tar.gz").touch()
    start = f'exec {shlex.quote(sys.executable)} {shlex.quote(str(SERVER))} "$@"'
    monkeypatch.setenv("LINLI_RASA_PYTHON", str(program(home, start)))


def program(home: Path, line: str) -> Path:
    path = home / "rasa-python"
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)
    return path
