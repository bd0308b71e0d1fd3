"""The commands of an upgrade in docs/operating.md, as they stand there, on units and containers of this test."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.files import COMPOSE, compose, instances, services
from tests.deploy.test_containers import as_systemd
from tests.flow.test_rolling_upgrade import FORTH
from tests.pipeline.services import ROOT

OLDER: Final = "0.1.0"
NEWER: Final = "0.2.0"

RELEASE: Final = """\
#!/bin/sh
# A release whose services say what they are, and work until they are told to end.
[ -e "$RUN/broken-$1" ] && { touch "$RUN/$NAME.ended"; exit 5; }
trap 'rm "$RUN/$NAME.runs"; exit 0' TERM
readlink --canonicalize "$0" > "$RUN/$NAME.runs"
while :; do sleep 0.02; done
"""

SYSTEMCTL: Final = """\
#!/bin/sh
# What systemd does with one unit: restart ends it, and starts its command; is-active says whether that lives.
export NAME=${2#tallywire@}
case $1 in
restart)
    [ ! -e "$RUN/$NAME.runs" ] || kill -TERM "$(cat "$RUN/$NAME.pid")"
    while [ -e "$RUN/$NAME.runs" ]; do sleep 0.01; done
    echo "$NAME" >> "$RUN/restarted"
    rm -f "$RUN/$NAME.ended"
    "$RUN/$NAME.unit" > "$RUN/log" 2>&1 &
    echo $! > "$RUN/$NAME.pid"
    until [ -e "$RUN/$NAME.runs" ] || [ -e "$RUN/$NAME.ended" ]; do sleep 0.01; done ;;
is-active)
    [ -e "$RUN/$NAME.runs" ] ;;
*)
    exit 1 ;;
esac
"""

DOCKER: Final = """\
#!/bin/sh
# What Docker would be asked: to bring up one service, and to wait until it is healthy.
[ "$1 $2 $3 $4 $5" = "compose up --detach --no-deps --wait" ] || exit 2
echo "$6" >> "$RUN/restarted"
[ ! -e "$RUN/broken-$6" ]
"""

PYTHON: Final = """\
#!/bin/sh
# `python3 -m venv FOLDER`: the release is there, with a pip that finds everything.
mkdir -p "$3/bin" && cp "$RUN/release" "$3/bin/tallywire" && ln -sf /bin/true "$3/bin/pip"
"""


class Machine:
    """A machine with a release, on which what a document says is typed.

    Args:
        folder: where all of it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run, self.programs, self.opt = (folder / name for name in ("run", "programs", "opt"))
        for each in (self.run, self.programs, self.opt):
            each.mkdir()
        self._program(self.run / "release", RELEASE)
        for name, text in (
            ("systemctl", SYSTEMCTL),
            ("docker", DOCKER),
            ("python3", PYTHON),
            ("sudo", '#!/bin/sh\nexec "$@"\n'),
        ):
            self._program(self.programs / name, text)
        for name in instances():
            command, told = as_systemd(name, folder / f"{name}.url", str(self.opt / "tallywire" / "bin" / "tallywire"))
            words = [*(f"{key}='{value}'" for key, value in told.items()), command[0], command[1]]
            self._program(self.run / f"{name}.unit", f"#!/bin/sh\nexec env {' '.join(words)} '{command[2]}'\n")

    def type(self, commands: str) -> None:
        """Type commands; nobody waits for ten seconds."""
        script = "sleep() { :; }\n" + commands.replace("/opt/", f"{self.opt}/")
        told = {"PATH": f"{self.programs}:{os.environ['PATH']}", "RUN": str(self.run)}
        subprocess.run(
            ["bash", "-c", script], env=told, cwd=self.folder, check=False, stdin=subprocess.DEVNULL, timeout=60
        )

    def releases(self) -> dict[str, str]:
        """Return the release that each unit runs, which lives."""
        programs = {file.stem: Path(file.read_text("utf-8").strip()) for file in self.run.glob("*.runs")}
        return {name: program.parents[1].name.removeprefix("tallywire-") for name, program in programs.items()}

    def restarted(self) -> list[str]:
        """Return what was restarted since this was asked last, in order."""
        file = self.run / "restarted"
        names = file.read_text("utf-8").split() if file.exists() else []
        file.unlink(missing_ok=True)
        return names

    def end(self) -> None:
        """End every unit."""
        for file in self.run.glob("*.pid"):
            with suppress(ProcessLookupError):
                os.kill(int(file.read_text("ascii")), signal.SIGKILL)

    @staticmethod
    def _program(path: Path, text: str) -> None:
        path.write_text(text, "utf-8")
        path.chmod(0o700)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """Return a machine."""
    found = Machine(tmp_path)
    yield found
    found.end()


def upgrades() -> tuple[str, str]:
    """Return the commands of an upgrade: with systemd, and in containers."""
    text = (ROOT / "docs" / "operating.md").read_text("utf-8")
    section = text.split("\n## Another release\n")[1].split("\n## ")[0]
    systemd, containers = re.findall(r"^```\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    return systemd, containers


def loop(commands: str) -> list[str]:
    """Return the order in which services are exchanged."""
    (names,) = re.findall(r"^for name in (.+); do$", commands, re.MULTILINE)
    return str(names).split()


def test_an_upgrade_exchanges_every_service_readers_first() -> None:
    """Promise: with systemd and in containers in one order: that in which a rolling upgrade is tried."""
    systemd, containers = map(loop, upgrades())
    assert systemd == containers
    assert sorted(systemd) == sorted(instances()) == sorted(services(compose(COMPOSE)["services"]))
    assert [name for name in systemd if name in FORTH] == list(FORTH)


def test_the_commands_for_systemd_exchange_one_service_after_another(machine: Machine) -> None:
    """Promise: each runs the new release; after one that does not come up the others stay; and there is a way back."""
    commands, _ = upgrades()
    order = loop(commands)
    machine.type(commands.replace(NEWER, OLDER))
    assert machine.releases() == dict.fromkeys(order, OLDER)
    machine.restarted()
    (machine.run / "broken-aggregate").touch()
    machine.type(commands)
    at = order.index("aggregate")
    assert machine.restarted() == order[: at + 1]
    assert machine.releases() == dict.fromkeys(order[:at], NEWER) | dict.fromkeys(order[at + 1 :], OLDER)
    (machine.run / "broken-aggregate").unlink()
    machine.type(commands)
    assert machine.releases() == dict.fromkeys(order, NEWER)
    back = commands.splitlines()
    (link,) = (line for line in back if "ln -sfn" in line)
    begin = next(n for n, line in enumerate(back) if line.startswith("for name in"))
    machine.restarted()
    again = "\n".join([link.replace(NEWER, OLDER), f"for name in {' '.join(order[::-1])}; do", *back[begin + 1 :]])
    machine.type(again)
    assert machine.restarted() == order[::-1]
    assert machine.releases() == dict.fromkeys(order, OLDER)


def test_the_commands_for_containers_stop_at_the_first_that_is_not_well(machine: Machine) -> None:
    """Promise: one service after another is brought up and waited for; after one that is not well, no other."""
    _, commands = upgrades()
    order = loop(commands)
    machine.type(commands)
    assert machine.restarted() == order
    (machine.run / "broken-aggregate").touch()
    machine.type(commands)
    assert machine.restarted() == order[: order.index("aggregate") + 1]
