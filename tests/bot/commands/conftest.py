from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder; the working directory has no settings of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINLI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
