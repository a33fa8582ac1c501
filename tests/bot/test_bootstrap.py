import io
import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot import bootstrap
from bot.bootstrap import (
    BEGUN,
    RASA,
    ROOT,
    SERVICE,
    STAMP,
    Environment,
    Progress,
    alone,
    follow,
    make,
    pinned,
    requirements,
    takes_the_large_torch,
)
from bot.pythons import Fault

PYPROJECT = """
[project]
dependencies = ["jieba"]
[tool.setuptools]
packages = ["bot"]
[tool.ruff]
line-length = 100
"""
HERE = (sys.version_info[0], sys.version_info[1])
ENVIRONMENT = replace(SERVICE, python=replace(SERVICE.python, oldest=HERE, newest=HERE))


class Project:
    """A project with an environment whose packages are never really installed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ENVIRONMENT.folder
        self.installed: list[list[str]] = []
        self.fault: BaseException | None = None
        (root / ".cache").mkdir()
        (root / "bot/constraints").mkdir(parents=True)
        (root / ENVIRONMENT.constraints).write_text("jieba==0.42.1\n")
        (root / "pyproject.toml").write_text(PYPROJECT)

    def install(self, root: Path, environment: Environment, extras: list[str], say: object) -> None:
        self.installed.append(extras)
        if self.fault is not None:
            raise self.fault

    def make(self, *extras: str) -> None:
        make(self.root, ENVIRONMENT, frozenset(extras), lambda line: None)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(tmp_path)

    def venv(command: list[str]) -> None:
        python = Path(command[-1]) / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)

    monkeypatch.delenv("PYTHON", raising=False)
    monkeypatch.setattr(bootstrap, "run", venv)
    monkeypatch.setattr(bootstrap, "install", made.install)
    return made


def test_an_environment_whose_stamp_fits_is_left_alone(project: Project) -> None:
    project.make("dev")
    project.make("dev")
    project.make()
    assert project.installed == [["dev"]]


def test_an_extra_is_added_to_those_there_are(project: Project) -> None:
    project.make("postgresql")
    project.make("dev")
    assert project.installed == [["postgresql"], ["dev", "postgresql"]]


@pytest.mark.parametrize(
    ("file", "old", "new", "again"),
    [
        ("bot/constraints/service.txt", "0.42.1", "0.42.2", True),
        ("pyproject.toml", '"jieba"', '"jieba", "numpy"', True),
        ("pyproject.toml", '["bot"]', '["bot", "nlu"]', True),
        ("pyproject.toml", "line-length = 100", "line-length = 99", False),
    ],
)
def test_only_what_pip_would_read_leads_to_another_installation(
    project: Project, file: str, old: str, new: str, again: bool
) -> None:
    project.make()
    path = project.root / file
    path.write_text(path.read_text().replace(old, new))
    project.make()
    assert len(project.installed) == (2 if again else 1)


def test_an_installation_that_was_broken_off_is_made_anew(project: Project) -> None:
    project.fault = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        project.make()
    half = project.folder / "half a package"
    half.touch()
    project.fault = None
    project.make()
    assert not half.exists()
    assert (project.folder / STAMP).exists()
    assert not (project.folder / BEGUN).exists()


def test_where_pip_gave_up_the_environment_stays_and_is_tried_again(project: Project) -> None:
    project.make()
    (project.root / ENVIRONMENT.constraints).write_text("jieba==0.42.2\n")
    project.fault = Fault("no network")
    with pytest.raises(Fault):
        project.make()
    kept = project.folder / "kept"
    kept.touch()
    project.fault = None
    project.make()
    assert kept.exists()
    assert len(project.installed) == 3


def test_an_environment_whose_python_is_gone_is_made_anew(project: Project) -> None:
    project.make()
    python = project.folder / "bin" / "python"
    python.unlink()
    python.symlink_to(project.root / "gone")
    project.make()
    assert len(project.installed) == 2


@pytest.mark.parametrize("content", ["", "[]", '{"key": 1}', "{"])
def test_a_damaged_stamp_counts_as_none(project: Project, content: str) -> None:
    project.make()
    (project.folder / STAMP).write_text(content)
    project.make()
    assert len(project.installed) == 2
    assert json.loads((project.folder / STAMP).read_text())["extras"] == []


def test_two_set_ups_go_one_after_the_other(tmp_path: Path) -> None:
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        with alone(tmp_path / "lock", lambda line: waiting.set()):
            order.append("second")

    thread = threading.Thread(target=second)
    with alone(tmp_path / "lock", lambda line: None):
        thread.start()
        assert waiting.wait(60)
        time.sleep(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_what_pip_said_is_kept_and_its_last_lines_are_told(tmp_path: Path) -> None:
    script = "print('one'); print('two'); raise SystemExit(1)"
    seen: list[str] = []
    with pytest.raises(Fault, match=r"pip failed; all it said is in .*log, .*\n    one\n    two$"):
        follow([sys.executable, "-c", script], tmp_path, tmp_path / "log", seen.append)
    assert (tmp_path / "log").read_text() == "one\ntwo\n"
    assert seen == ["one\n", "two\n"]


def test_progress_counts_every_package_once_and_is_shown_while_pip_is_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bootstrap, "HEARTBEAT", 0.01)
    out = io.StringIO()
    with Progress(3, out) as progress:
        progress.line("Collecting jieba==0.42.1 (from linli)\n")
        progress.line("Requirement already satisfied: jieba in /x (0.42.1)\n")
        progress.line("Collecting typing_extensions>=4 (from linli)\n")
        progress.line("Installing collected packages: jieba\n")
        wait_for(lambda: out.getvalue().count("2 of 3: unpacking") > 1)
    told = out.getvalue()
    time.sleep(0.05)
    assert out.getvalue() == told


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_faulty_machine_gets_one_line_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*given: object) -> None:
        raise Fault("Rasa needs Python 3.10")

    monkeypatch.setattr(bootstrap, "set_up", stop)
    assert bootstrap.main([]) == 2
    assert capsys.readouterr().err == "linli: set-up: Rasa needs Python 3.10\n"


@pytest.mark.skipif(sys.platform != "linux", reason="PyTorch is large on Linux only")
@pytest.mark.parametrize("name", ["PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_INDEX_URL"])
def test_who_names_an_index_of_their_own_gets_no_advice(name: str, tmp_path: Path) -> None:
    silent = tmp_path / "python"
    silent.write_text("#!/bin/sh\n")
    silent.chmod(0o755)
    assert takes_the_large_torch({}, str(silent))
    assert not takes_the_large_torch({name: "somewhere"}, str(silent))


@pytest.mark.parametrize("environment", [SERVICE, RASA])
def test_every_pin_is_a_plain_version_without_an_address(environment: Environment) -> None:
    lines = (ROOT / environment.constraints).read_text().splitlines()
    assert len(lines) > 100
    for line in lines:
        name, _, version = line.partition("==")
        assert name
        assert version
        assert not set(line) & set("@+/:")


def test_everything_the_project_asks_for_is_pinned() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        asked += extra
    names = {name.partition("[")[0].lower().replace("_", "-") for name in asked}
    pins = {name.lower().replace("_", "-") for name in pinned(ROOT / SERVICE.constraints)}
    assert names - pins == set()
    assert {"rasa", "jieba"} <= pinned(ROOT / RASA.constraints)


def test_the_tables_of_other_tools_are_no_requirements() -> None:
    assert "line-length" not in requirements(PYPROJECT)
    assert "jieba" in requirements(PYPROJECT)
    assert "packages" in requirements(PYPROJECT)
