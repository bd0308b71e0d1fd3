"""An installed Tallywire, used from a folder full of files that are named like its packages."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest

from tests.waiting import wait_until

ROOT: Final = Path(__file__).parents[2]
README: Final = ROOT / "README.md"

READY_S: Final = 60.0
"""Starting a server and three services takes two seconds; a busy machine gets more."""

OURS: Final = {"schemas", "streams", "services", "tallywire"}

Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Person:
    """Somebody in a folder, with programs on the path."""

    programs: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What is set: nothing of Python's and nothing of ours."""
        others = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TALLYWIRE"))}
        return others | {"PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}"}

    def types(self, command: str, **variables: str) -> Done:
        """Run a command to its end."""
        environment = self.environment | variables
        words = shlex.split(command)
        return subprocess.run(
            words, cwd=self.folder, env=environment, check=False, capture_output=True, text=True, timeout=100
        )

    @contextmanager
    def has_running(self, command: str, output: Path) -> Iterator[None]:
        """Run a command until the block ends, and then interrupt it."""
        with output.open("wb") as file:
            process = subprocess.Popen(
                shlex.split(command), cwd=self.folder, env=self.environment, stdout=file, stderr=file
            )
        try:
            yield
            process.send_signal(signal.SIGINT)
            assert process.wait(READY_S) in (0, 130), output.read_text()
        finally:
            process.kill()
            process.wait()


def environment(folder: Path, *wheels: Path) -> Path:
    """Make an environment with wheels in it, and with all libraries that are here; return where its programs are."""
    venv.create(folder)
    if wheels:
        install = ["pip", "--python", str(folder), "install", "--no-index", "--no-deps", *map(str, wheels)]
        subprocess.run([sys.executable, "-m", *install], check=True, capture_output=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_paths()["purelib"])
    return folder / "bin"


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Install the wheel, and stand in a folder with a file for every name that might be imported."""
    place = tmp_path_factory.mktemp("wheel")
    build = ["hatchling", "build", "--target", "wheel", "--directory", str(place)]
    subprocess.run([sys.executable, "-m", *build], cwd=ROOT, check=True, capture_output=True)
    folder = place / "mine"
    folder.mkdir()
    for place_of, name in enumerate(sorted({*OURS, *packages_distributions(), *sys.stdlib_module_names})):
        file = folder / (f"{name}.py" if place_of % 2 else f"{name}/__init__.py")
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"raise SystemExit('{name} was imported from the current folder')")
    return Person(environment(place / "environment", *place.glob("*.whl")), folder)


def test_what_the_readme_and_the_program_say_to_type_works(person: Person, tmp_path: Path) -> None:
    """Promise: the README's election of one's own, and what ``tallywire run`` says to do next, need no checkout.

    Server and services start from there, and the bundled elections are in the wheel.
    """
    (block,) = (block for block in README.read_text("utf-8").split("```")[1::2] if block.startswith("\ntallywire run"))
    run, *others = (line.partition("#")[0].strip() for line in block.strip().splitlines())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said, headlines = tmp_path / "said", tmp_path / "headlines"
    with person.has_running(f"{run} --port {port}", said):
        wait_until(lambda: "tallywire watch" in said.read_text(), deadline_s=READY_S, what="what to type next")
        load, watch = (line.strip() for line in said.read_text().splitlines() if line.startswith("  tallywire "))
        assert [command.partition(" --redis")[0] for command in (load, watch)] == others[:2]
        loaded = person.types(load)
        assert (loaded.returncode, loaded.stdout.split()[0]) == (0, "accepted"), loaded.stderr
        with person.has_running(f"{watch} --from-start", headlines):
            for command in others:
                if command != "tallywire watch":
                    done = person.types(command, TALLYWIRE_REDIS_URL=f"redis://127.0.0.1:{port}")
                    assert (done.returncode, done.stderr) == (0, ""), command
            wait_until(lambda: "Labour gains Norfolk" in headlines.read_text(), what="a headline")
    assert (person.folder / "tallywire-data").is_dir()


def test_a_checkout_needs_no_installation(tmp_path: Path) -> None:
    """Promise: where only the libraries are installed, the services find the checkout that they were started from."""
    done = Person(environment(tmp_path / "environment"), ROOT).types("python -m tallywire demo --speed max --json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count('"type":"tallywire.result.v1"') == 14
