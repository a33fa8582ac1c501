"""Finding a Python of the right version, on machines as they are.

A ``python3.10`` on the PATH may be a version manager's shim that refuses to run, so every
candidate is tried before it is believed. Standard library only, Python 3.9 and later.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Version = tuple[int, int]
Say = Callable[[str], None]

PROBE = "import ensurepip, sys, venv; print(*sys.version_info[:2])"
PINS = Path(__file__).parent / "constraints" / "service.txt"
LATEST = (3, 13)
"""The latest version looked for by name."""


class Fault(Exception):
    """Set-up cannot go on; one line says what is to be done."""


@dataclass(frozen=True)
class Need:
    """A Python somebody needs.

    Args:
        what: who needs it, for messages.
        oldest, newest: bounds of the version; no newest: any later one.
        named_by: environment variable in which a user names the one to take.
    """

    what: str
    oldest: Version
    newest: Version | None
    named_by: str

    @property
    def versions(self) -> str:
        oldest = "{}.{}".format(*self.oldest)
        return oldest if self.newest else f"{oldest} or later"

    @property
    def request(self) -> str:
        """The same for uv."""
        oldest = "{}.{}".format(*self.oldest)
        return oldest if self.newest else f">={oldest}"

    def takes(self, version: Version | None) -> bool:
        if version is None or version < self.oldest:
            return False
        return self.newest is None or version <= self.newest


def find(need: Need, last_resort: Path, say: Say) -> tuple[str, Version]:
    """The first Python that will do, and its version.

    Named by the user, on the PATH, pyenv's, uv's, fetched by uv: in this order.

    Args:
        last_resort: a Python into which uv may be installed where there is none.

    Raises:
        Fault: there is none.
    """
    named = os.environ.get(need.named_by)
    if named:
        version = version_of(named)
        if version is None or not need.takes(version):
            raise Fault(f"{need.named_by}={named} is no Python {need.versions} that runs")
        return named, version
    for candidate in candidates(need):
        version = version_of(candidate)
        if version is not None and need.takes(version):
            return candidate, version
    say(f"no Python {need.versions} found here; asking uv for one …")
    for candidate in from_uv(need, last_resort):
        version = version_of(candidate)
        if version is not None and need.takes(version):
            return candidate, version
    raise Fault(
        f"{need.what} needs Python {need.versions} with its venv module, and there is none: "
        f"install it (by your system's packages, pyenv or uv), or name one in {need.named_by}"
    )


def candidates(need: Need) -> Iterator[str]:
    """Where a Python may be, the likeliest first; some of them may not run."""
    latest = (need.newest or LATEST)[1]
    numbers = [f"3.{minor}" for minor in range(latest, need.oldest[1] - 1, -1)]
    if need.newest is None:
        yield sys.executable
        yield from on_path(["python3"])
    yield from on_path(f"python{number}" for number in numbers)
    root = answer(["pyenv", "root"])
    if root:
        for number in numbers:
            folders = sorted(Path(root.strip(), "versions").glob(f"{number}.*"), reverse=True)
            yield from (str(folder / "bin" / "python") for folder in folders)


def on_path(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        found = shutil.which(name)
        if found:
            yield found


def from_uv(need: Need, last_resort: Path) -> Iterator[str]:
    """What uv finds; else what it can fetch."""
    uv = uv_command(last_resort)
    if uv is None:
        return
    look = [*uv, "python", "find", "--system", need.request]
    found = answer(look)
    if found:
        yield found.strip()
    if answer([*uv, "python", "install", need.request], wait=900) is not None:
        yield (answer(look) or "").strip()


def uv_command(last_resort: Path) -> list[str] | None:
    """The uv on the PATH, or one that pip installs for us."""
    if shutil.which("uv"):
        return ["uv"]
    install = [str(last_resort), "-m", "pip", "install", "--quiet", "--constraint", str(PINS), "uv"]
    if last_resort.exists() and answer(install, wait=300) is not None:
        return [str(last_resort), "-m", "uv"]
    return None


def version_of(python: str) -> Version | None:
    """The version of a Python that runs and can make environments; None of any other."""
    numbers = (answer([python, "-c", PROBE]) or "").split()
    return (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 else None


def answer(command: Sequence[str], wait: float = 60) -> str | None:
    """What a command prints; None where it does not run, fails or hangs."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, timeout=wait
        )
        if done.returncode == 0:
            return done.stdout
    return None
