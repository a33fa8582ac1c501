import sys
from pathlib import Path

import pytest

from bot.pythons import Fault, Need, find, version_of

RASA = Need("Rasa", oldest=(3, 10), newest=(3, 10), named_by="PYTHON310")
SERVICE = Need("the service", oldest=(3, 11), newest=None, named_by="PYTHON")


class Machine:
    """A machine with the interpreters a test puts onto it; ``bin`` is its whole PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.said: list[str] = []

    def put(self, path: str, script: str) -> str:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        return str(file)

    def python(self, path: str, version: str) -> str:
        return self.put(path, f"echo {version}")

    def find(self, need: Need) -> str:
        return find(need, self.folder / "none", self.said.append)[0]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    monkeypatch.setenv("PATH", str(made.bin))
    monkeypatch.delenv("PYTHON310", raising=False)
    monkeypatch.delenv("PYTHON", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    return made


def test_the_python_a_user_names_comes_first(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.python("bin/python3.10", "3 10")
    mine = machine.python("mine", "3 10")
    monkeypatch.setenv("PYTHON310", mine)
    assert machine.find(RASA) == mine


def test_a_named_python_of_another_version_is_refused_and_not_replaced(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.python("bin/python3.10", "3 10")
    monkeypatch.setenv("PYTHON310", machine.python("mine", "3 12"))
    with pytest.raises(Fault, match=r"PYTHON310=.*mine is no Python 3\.10 that runs"):
        machine.find(RASA)


def test_a_shim_that_refuses_to_run_is_passed_over_for_pyenvs_own(machine: Machine) -> None:
    machine.put("bin/python3.10", "echo 'command not found' >&2; exit 127")
    machine.put("bin/pyenv", f"echo {machine.folder}/pyenv")
    machine.python("pyenv/versions/3.9.18/bin/python", "3 9")
    own = machine.python("pyenv/versions/3.10.13/bin/python", "3 10")
    assert machine.find(RASA) == own


def test_a_python_of_another_version_than_its_name_is_passed_over(machine: Machine) -> None:
    machine.python("bin/python3.10", "3 9")
    with pytest.raises(Fault):
        machine.find(RASA)


def test_what_uv_finds_is_taken(machine: Machine) -> None:
    own = machine.python("uvs/python", "3 10")
    machine.put("bin/uv", f'[ "$2" = find ] && echo {own}')
    assert machine.find(RASA) == own


def test_what_uv_can_fetch_is_taken_last(machine: Machine) -> None:
    fetched = machine.folder / "fetched"
    machine.put(
        "bin/uv",
        f"""case "$2" in
        find) [ -x {fetched} ] && echo {fetched};;
        install) printf '#!/bin/sh\\necho 3 10\\n' > {fetched}; /bin/chmod +x {fetched};;
        esac""",
    )
    assert machine.find(RASA) == str(fetched)
    assert machine.said == ["no Python 3.10 found here; asking uv for one …"]


def test_without_any_python_one_line_says_what_to_install(machine: Machine) -> None:
    machine.put("bin/uv", "exit 2")
    with pytest.raises(Fault, match=r"Rasa needs Python 3\.10 .* name one in PYTHON310$") as told:
        machine.find(RASA)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(("version", "fits"), [("3 10", False), ("3 11", True), ("3 14", True)])
def test_the_service_takes_any_python_from_3_11_on(
    machine: Machine, version: str, fits: bool
) -> None:
    python = machine.python("bin/python3", version)
    if fits:
        assert machine.find(SERVICE) == python
    else:
        with pytest.raises(Fault, match=r"3\.11 or later"):
            machine.find(SERVICE)


def test_a_python_that_cannot_make_environments_has_no_version(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'No module named ensurepip' >&2\nexit 1\n")
    broken.chmod(0o755)
    assert version_of(str(broken)) is None
    assert version_of(str(tmp_path / "none")) is None
    assert version_of(sys.executable) == sys.version_info[:2]
