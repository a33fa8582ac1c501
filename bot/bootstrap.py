"""Makes the two environments: ``python -m bot.bootstrap [EXTRA …]``, ``dev`` for tests.

Runs before anything is installed: standard library only, on any Python from 3.9 on, since it
looks for the right ones itself. An environment whose stamp still fits is left alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bot.pythons import Fault, Need, Say, Version, answer, find, version_of

ROOT = Path(__file__).resolve().parent.parent
STAMP = "linli-stamp.json"
BEGUN = "linli-begun"
HEARTBEAT = 15.0
"""Seconds between two signs of life where a line cannot be overwritten."""

TORCH_HINT = """\
  Note: on Linux the package index serves PyTorch for NVIDIA cards, which is several GB. For the
  small one, stop here and name PyTorch's CPU index (its page "Get started" tells the address) in
  pip's own settings: pip config set global.extra-index-url ADDRESS, or PIP_EXTRA_INDEX_URL."""


@dataclass(frozen=True)
class Environment:
    """One of the two environments; paths are told from the project's folder.

    Args:
        sources: files, beside the constraints, on whose requirements it depends.
        wanted: what pip is to install, given the extras.
    """

    folder: str
    python: Need
    constraints: str
    sources: Sequence[str]
    wanted: Callable[[Sequence[str]], Sequence[str]]


SERVICE = Environment(
    folder=".venv",
    python=Need("the service", oldest=(3, 11), newest=None, named_by="PYTHON"),
    constraints="bot/constraints/service.txt",
    sources=("pyproject.toml",),
    wanted=lambda extras: ("--editable", f".[{','.join(extras)}]" if extras else "."),
)
RASA = Environment(
    folder=".venv-rasa",
    python=Need("Rasa", oldest=(3, 10), newest=(3, 10), named_by="PYTHON310"),
    constraints="bot/constraints/rasa.txt",
    sources=(),
    wanted=lambda extras: ("rasa", "jieba"),
)


@dataclass(frozen=True)
class Stamp:
    """What an environment was installed from, written when all of it was."""

    key: str
    extras: frozenset[str]

    @classmethod
    def read(cls, folder: Path) -> Stamp:
        """An empty one where there is none."""
        try:
            content = json.loads((folder / STAMP).read_text(encoding="utf-8"))
            return cls(str(content["key"]), frozenset(map(str, content["extras"])))
        except (OSError, ValueError, KeyError, TypeError):
            return cls("", frozenset())

    def write(self, folder: Path) -> None:
        content = {"key": self.key, "extras": sorted(self.extras)}
        (folder / STAMP).write_text(json.dumps(content), encoding="utf-8")


def main(extras: Sequence[str]) -> int:
    try:
        set_up(ROOT, frozenset(extras), tell)
    except Fault as fault:
        print(f"linli: set-up: {fault}", file=sys.stderr)  # noqa: T201
        return 2
    except KeyboardInterrupt:
        print("\nlinli: set-up stopped; the same command goes on with it", file=sys.stderr)  # noqa: T201
        return 130
    return 0


def tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def set_up(root: Path, extras: frozenset[str], say: Say) -> None:
    """Makes both environments where they are missing or no longer fit.

    Raises:
        Fault: no suitable Python, or pip failed.
    """
    cache = root / ".cache"
    try:
        cache.mkdir(exist_ok=True)
        with alone(cache / "bootstrap.lock", say):
            make(root, SERVICE, extras, say)
            make(root, RASA, frozenset(), say)
    except OSError as error:
        raise Fault(f"{error.filename or root}: {error.strerror or error}") from error


@contextlib.contextmanager
def alone(path: Path, say: Say) -> Iterator[None]:
    """Waits until no other set-up holds the file."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is running; waiting for it …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make(root: Path, environment: Environment, extras: frozenset[str], say: Say) -> None:
    """Makes or completes one environment; nothing where its stamp fits.

    One in which an installation was broken off is made anew, since half a package looks like a
    whole one to pip; its cache makes that quick. Where pip itself gave up it left things in order.
    """
    folder = root / environment.folder
    begun, need = folder / BEGUN, environment.python
    version = None if begun.exists() else version_of(str(folder / "bin" / "python"))
    stamp = Stamp("", frozenset())
    if version is not None and need.takes(version):
        stamp = Stamp.read(folder)
        if stamp.key == key_of(root, environment, version) and extras <= stamp.extras:
            return
        begun.touch()
    else:
        chosen, version = find(need, root / SERVICE.folder / "bin" / "python", say)
        say(f"{need.what}: making {environment.folder} with {chosen}")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        begun.touch()
        run([chosen, "-m", "venv", str(folder)])
    extras |= stamp.extras
    try:
        install(root, environment, sorted(extras), say)
    except Fault:
        begun.unlink()
        raise
    Stamp(key_of(root, environment, version), extras).write(folder)
    begun.unlink()


def install(root: Path, environment: Environment, extras: Sequence[str], say: Say) -> None:
    """Installs what is wanted in the pinned versions, and byte-compiles it.

    Raises:
        Fault: pip failed.
    """
    folder = root / environment.folder
    python = str(folder / "bin" / "python")
    pins = pinned(root / environment.constraints)
    constraint = ["--constraint", str(root / environment.constraints)]
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    pip = [python, "-m", "pip", "install", *quiet, *constraint]
    builders = [name for name in ("pip", "setuptools", "wheel") if name in pins]
    log = root / ".cache" / f"install{environment.folder}.log"
    what = environment.python.what
    if environment is SERVICE and takes_the_large_torch(os.environ, python):
        say(TORCH_HINT)
    with step(f"{what}: installing packages (2 GB; a minute, or several the first time)", say):
        follow([*pip, *builders], root, log, lambda line: None)
        wanted = ["--no-build-isolation", *environment.wanted(extras)]
        with Progress(len(pins), sys.stdout) as progress:
            follow([*pip, *wanted], root, log, progress.line)
    with step(f"{what}: byte-compiling", say):
        # Some packages carry templates that are no Python, so its status means nothing.
        answer([python, "-m", "compileall", "-qq", "-j", "0", str(folder / "lib")], wait=900)


def pinned(constraints: Path) -> frozenset[str]:
    lines = constraints.read_text(encoding="utf-8").splitlines()
    return frozenset(line.partition("==")[0] for line in lines if "==" in line)


@contextlib.contextmanager
def step(what: str, say: Say) -> Iterator[None]:
    say(f"{what} …")
    begun = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - begun:.0f} s")


class Progress:
    """Where pip is: a line that is overwritten on a terminal, a line now and then elsewhere.

    Args:
        count: how many packages there may be at most.
    """

    LINE = re.compile(r"(Collecting|Requirement already satisfied:|Downloading) ([A-Za-z0-9._+-]+)")

    def __init__(self, count: int, out: TextIO) -> None:
        self.count = count
        self.out = out
        self.seen: set[str] = set()
        self.doing = "looking"
        self.begun = time.monotonic()
        self.ended = threading.Event()
        self.ticking = threading.Thread(target=self.tick, daemon=True)

    def __enter__(self) -> Progress:
        self.ticking.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.ended.set()
        self.ticking.join()
        if self.out.isatty():
            self.out.write(f"\r{'':<76}\r")

    def line(self, line: str) -> None:
        """One line of pip's."""
        told = self.LINE.match(line)
        if told:
            if told[1] != "Downloading":
                self.seen.add(told[2].lower())
            self.doing = f"{told[1].partition(' ')[0].lower()} {told[2]}"
        elif line.startswith("Installing collected packages"):
            self.doing = "unpacking"

    def tick(self) -> None:
        while not self.ended.wait(1 if self.out.isatty() else HEARTBEAT):
            seconds = time.monotonic() - self.begun
            shown = f"  {seconds:.0f} s, {len(self.seen)} of {self.count}: {self.doing[:50]}"
            self.out.write(f"\r{shown:<76}\r" if self.out.isatty() else shown + "\n")
            self.out.flush()


def follow(command: Sequence[str], root: Path, log: Path, each: Callable[[str], None]) -> None:
    """Runs pip in the project's folder, every line of it to ``log`` and to ``each``.

    Raises:
        Fault: it failed; its last lines are told.
    """
    process = subprocess.Popen(  # noqa: S603
        command,
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    last: list[str] = []
    with process, log.open("a", encoding="utf-8") as kept:
        try:
            for line in process.stdout or ():
                kept.write(line)
                last = [*last[-7:], "    " + line.rstrip()]
                each(line)
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        told = "\n".join(last)
        raise Fault(f"pip failed; all it said is in {log}, its last lines are\n{told}")


def run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Fault(f"{' '.join(command)} failed: {' '.join(last)}")


def takes_the_large_torch(variables: Mapping[str, str], python: str) -> bool:
    """On Linux without a card, where pip's settings name no further index or folder."""
    if not sys.platform.startswith("linux") or Path("/proc/driver/nvidia").exists():
        return False
    if any(variables.get(f"PIP_{name}") for name in ("INDEX_URL", "EXTRA_INDEX_URL", "FIND_LINKS")):
        return False
    told = answer([python, "-m", "pip", "config", "list"]) or ""
    return re.search(r"index-url|find-links", told) is None


def key_of(root: Path, environment: Environment, version: Version) -> str:
    """Changes with all that an environment depends on."""
    digest = hashlib.sha256(repr((version, environment.wanted(()))).encode())
    digest.update((root / environment.constraints).read_bytes())
    for source in environment.sources:
        digest.update(requirements((root / source).read_text(encoding="utf-8")).encode())
    return digest.hexdigest()


def requirements(pyproject: str) -> str:
    """The tables of pyproject.toml that matter to pip; other tools' may change as they like."""
    tables = re.split(r"(?m)^(?=\[)", pyproject)
    return "".join(table for table in tables if not re.match(r"\[\[?tool\.(?!setuptools)", table))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
