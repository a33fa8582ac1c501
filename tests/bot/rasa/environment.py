"""Rasa's own environment, for tests of what runs in it."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ROOT

PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
NEEDED = [
    pytest.mark.rasa,
    pytest.mark.skipif(not PYTHON.exists(), reason="no .venv-rasa here; `make setup` makes it"),
]
VARIABLES: Mapping[str, str] = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    "PYTHONWARNINGS": "ignore",
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
}


def run(program: str, folder: Path, *arguments: str) -> Any:
    """What a Python program prints as its last line, in JSON.

    Args:
        folder: where it runs.

    Raises:
        AssertionError: it failed; the message is what it complained of.
    """
    done = subprocess.run(  # noqa: S603
        [PYTHON, "-c", f"import skops.io\n{program}", *arguments],
        cwd=folder,
        env=VARIABLES,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
