"""Services are kept running, and end with whoever started them. Small programs stand in for them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from structlog.testing import capture_logs

import tallywire.embedded.supervisor
from tallywire.client.errors import NoServerError
from tallywire.embedded.child_processes import Family
from tallywire.embedded.folder_lock import is_held
from tallywire.embedded.server import EmbeddedServer
from tallywire.embedded.supervisor import SERVICES, Supervisor
from tests.waiting import wait_until

ROOT = Path(__file__).parents[3]

LIVING = """
import fcntl, os, signal, socket, sys
from redis import Redis
url, folder, service = sys.argv[1:]
alive = open(f"{folder}/{service}.alive", "w")
fcntl.flock(alive, fcntl.LOCK_EX)
with Redis.from_url(url) as client:
    client.set(f"tallywire:alive:{service}:{socket.gethostname()}:{os.getpid()}", 1, ex=15)
print(f"{service} is at work", flush=True)
signal.pause()
"""
"""Says that it is at work as a service does, and lives. A lock is held for as long as it does."""

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + LIVING
FAILING = "import sys; sys.exit('no such option')"
EXPLAINING = "import sys; print('{}'); sys.exit('Mend it, then start again.')"

SUPERVISING = """
import sys
from tallywire.embedded.supervisor import Supervisor
url, folder, program = sys.argv[1:]
supervisor = Supervisor(url, command=lambda service: [sys.executable, "-c", program, url, folder, service])
supervisor.start()
supervisor.wait_ready()
print("ready", flush=True)
sys.stdin.read()
"""


class Stage:
    """Makes supervisors of stand-in services; all are stopped at the end."""

    def __init__(self, url: str, folder: Path, stack: ExitStack) -> None:
        self.url, self.folder, self.stack = url, folder, stack

    def supervise(
        self, program: str = LIVING, *, tell: Callable[[str], None] | None = None, **programs: str
    ) -> Supervisor:
        """Start a supervisor whose services run ``program``, or the one named for them."""

        def command(service: str) -> list[str]:
            return [sys.executable, "-c", programs.get(service, program), self.url, str(self.folder), service]

        supervisor = Supervisor(self.url, self.folder / "services.log", command=command, tell=tell)
        self.stack.enter_context(supervisor).start()
        return supervisor

    def lives(self, service: str) -> bool:
        """Whether a process of the service lives."""
        return is_held(self.folder / f"{service}.alive")


@pytest.fixture
def stage(server: EmbeddedServer, redis_client: Redis, tmp_path: Path) -> Iterator[Stage]:
    """Where stand-in services run."""
    with ExitStack() as stack:
        yield Stage(server.url, tmp_path, stack)


def restarts(logs: list[MutableMapping[str, Any]], service: str) -> list[tuple[int, float]]:
    """Return exit code and pause of each restart of the service that was logged."""
    return [
        (entry["exit_code"], entry["delay_s"])
        for entry in logs.copy()
        if (entry["event"], entry.get("service")) == ("service.restarted", service)
    ]


def test_every_service_is_started_and_waited_for(stage: Stage) -> None:
    """``wait_ready`` returns when each of the three has said that it is at work, from its own process."""
    supervisor = stage.supervise()
    supervisor.wait_ready()
    assert supervisor.alive()
    assert set(supervisor.pids) == set(SERVICES)
    assert all(stage.lives(service) for service in SERVICES)


def test_what_services_write_is_in_the_log_file(stage: Stage) -> None:
    """Nothing that a service says is lost or mixed into what people read."""
    supervisor = stage.supervise()
    log = stage.folder / "services.log"
    expected = {f"{service} is at work" for service in SERVICES}
    wait_until(lambda: set(log.read_text().splitlines()) == expected, what="three lines in the log")
    assert supervisor.log_path == log


def test_a_killed_service_is_started_again_and_the_others_are_left_alone(stage: Stage) -> None:
    """After kill -9 of one service, a new process of it is at work, and it is said with the exit code."""
    with capture_logs() as logs:
        supervisor = stage.supervise()
        supervisor.wait_ready()
        before = supervisor.pids
        os.kill(before["aggregate"], 9)
        wait_until(
            lambda: supervisor.pids.get("aggregate", before["aggregate"]) != before["aggregate"], what="a new one"
        )
        supervisor.wait_ready()
        wait_until(lambda: restarts(logs, "aggregate"), what="the restart to be logged")
    assert restarts(logs, "aggregate") == [(-9, 0.1)]
    assert {name for name in SERVICES if supervisor.pids[name] == before[name]} == {"ingest", "notify"}


def test_a_service_that_keeps_failing_is_started_with_growing_pauses(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that can't start never keeps a core busy: the pauses grow to the last one, which repeats."""
    monkeypatch.setattr(tallywire.embedded.supervisor, "RESTART_DELAYS_S", (0.01, 0.02, 0.03))
    with capture_logs() as logs:
        stage.supervise(notify=FAILING)
        wait_until(lambda: len(restarts(logs, "notify")) >= 4, what="four restarts")
    assert restarts(logs, "notify")[:4] == [(1, 0.01), (1, 0.02), (1, 0.03), (1, 0.03)]


def test_what_a_service_said_when_it_ended_is_passed_on_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever watches reads why, and what to do: the sentences, not the events, and not again at each restart.

    What an earlier run left in the log is not news.
    """
    monkeypatch.setattr(tallywire.embedded.supervisor, "RESTART_DELAYS_S", (0.01,))
    (stage.folder / "services.log").write_text("Said yesterday.\n")
    told: list[str] = []
    with capture_logs() as logs:
        supervisor = stage.supervise(notify=EXPLAINING, tell=told.append)
        wait_until(lambda: len(restarts(logs, "notify")) >= 3, what="three restarts")
        supervisor.stop()
    assert [line for line in told if not line.endswith("is at work")] == ["Mend it, then start again."]


def test_a_service_that_does_not_get_ready_is_named_with_its_log(stage: Stage) -> None:
    """Waiting ends with the service's name and the end of its log, so that a person sees why."""
    supervisor = stage.supervise(notify=FAILING)
    wait_until(lambda: supervisor.unready() == ["notify"], what="the others to be ready")
    with pytest.raises(NoServerError, match=r"(?s)Not ready: notify\. The end of .*services.log:.*no such option"):
        supervisor.wait_ready(deadline_s=0.05)


def test_nobody_is_ready_without_a_server(tmp_path: Path) -> None:
    """While the server is away no service counts as ready, and waiting goes on without an error of its own."""
    with Supervisor(f"unix://{tmp_path}/nobody.sock") as supervisor:
        assert supervisor.unready() == list(SERVICES)


def test_stopping_ends_every_service(stage: Stage) -> None:
    """When ``stop`` returns no service lives, and none comes back; stopping again is harmless."""
    supervisor = stage.supervise()
    supervisor.wait_ready()
    supervisor.stop()
    supervisor.stop()
    assert not any(stage.lives(service) for service in SERVICES)
    assert supervisor.pids == {}


def test_a_service_that_will_not_end_is_killed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that ignores SIGTERM holds the end up for the deadline, no longer."""
    monkeypatch.setattr(tallywire.embedded.supervisor, "STOP_DEADLINE_S", 0.05)
    supervisor = stage.supervise(ingest=STUBBORN)
    supervisor.wait_ready()
    supervisor.stop()
    assert not any(stage.lives(service) for service in SERVICES)


def test_services_die_with_their_killed_supervisor(stage: Stage) -> None:
    """After kill -9 of the supervisor no service is left behind, not even one that ignores SIGTERM."""
    command = [sys.executable, "-c", SUPERVISING, stage.url, str(stage.folder), STUBBORN]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"
        assert all(stage.lives(service) for service in SERVICES)
        parent.kill()
    wait_until(lambda: not any(stage.lives(service) for service in SERVICES), what="the services to die")


def test_ctrl_c_reaches_the_supervisor_alone(stage: Stage) -> None:
    """Services are outside the terminal's process group: they end in order, when they are told to."""
    supervisor = stage.supervise()
    assert os.getpgrp() not in {os.getpgid(pid) for pid in supervisor.pids.values()}


def test_a_family_outlives_the_loss_of_its_watcher() -> None:
    """When somebody kills the watching shell alone, the next child gets a new one, and still ends with the family."""
    family = Family()
    try:
        first = family.start(["sleep", "1000"])
        first.kill()
        first.wait()
        assert family._watcher is not None
        family._watcher.kill()
        family._watcher.wait()
        child = family.start(["sleep", "1000"])
    finally:
        family.end()
    assert child.wait(10) == -9
