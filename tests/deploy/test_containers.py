"""The files of deploy/ and docker-compose.yml, run: their very command lines, as plain processes of this machine."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from redis import Redis
from redis.exceptions import RedisError
from typer.testing import CliRunner

from tallywire.cli import app
from tallywire.cli.exit_codes import Exit
from tallywire.embedded.program import find_server_binary
from tests.cluster.ports import free_ports
from tests.deploy.files import (
    COMPOSE,
    REPLICAS,
    SERVER_CONF,
    Container,
    compose,
    deployments,
    instances,
    services,
    unit,
)
from tests.pipeline.count_centre import CountCentre, connect
from tests.pipeline.night import night
from tests.pipeline.services import Nursery, Service
from tests.waiting import wait_until

ENTRY_POINT: Final = str(Path(sys.executable).with_name("tallywire"))
"""The image's, as it is installed beside this interpreter."""

PIPELINE: Final = ("ingest", "aggregate", "notify")
NAMES: Final = ("server", "standby")
"""By which the files know the servers."""


class Host:
    """Does with the compose files what an engine does, as far as it matters: names are addresses, secrets are files.

    Args:
        folder: where secrets and data are.
        stack: ends what was started.
        nursery: where services come from.
    """

    def __init__(self, folder: Path, stack: ExitStack, nursery: Nursery) -> None:
        self.folder = folder
        self.files = compose(COMPOSE, REPLICAS)
        self.containers: dict[str, Container] = self.files["services"]
        self.servers: dict[str, subprocess.Popen[bytes]] = {}
        self.running: dict[str, Service] = {}
        self._stack, self._nursery = stack, nursery
        names = (*NAMES, *services(self.containers))
        first = free_ports(2 * len(names))
        self.ports = {name: first + place for place, name in enumerate(names)}
        self.metrics = {name: port + len(names) for name, port in self.ports.items()}

    def prepare(self) -> None:
        """Make the secrets with the commands at the head of the file, in its order."""
        said = "\n".join(line[1:].strip() for line in REPLICAS.read_text("utf-8").splitlines() if line.startswith("#"))
        commands = re.findall(r"^(?:tallywire acl|mkdir) [^#\n]*", said, re.MULTILINE)
        assert [command.split()[0] for command in commands] == ["tallywire", "mkdir", "tallywire"]
        (self.folder / "night-secrets").mkdir(mode=0o700)
        script = "\n".join(["set -e", *map(self._here, commands)]).replace("tallywire acl", f"{ENTRY_POINT} acl")
        subprocess.run(["/bin/sh", "-c", script], cwd=self.folder, check=True)

    def start_server(self, name: str) -> None:
        """Start the server of a container."""
        (self.folder / name).mkdir()
        command = [self._there(name, word) for word in self.containers[name]["command"][1:]]
        # In a network of its own a container needs no other port, and everybody may reach it.
        at = ("--port", str(self.ports[name]), "--bind", "127.0.0.1")
        server = subprocess.Popen([str(find_server_binary()), *command, *at], stdout=subprocess.DEVNULL)
        self._stack.callback(server.wait)
        self._stack.callback(server.kill)
        self.servers[name] = server
        wait_until(partial(answers, self.url(name)), what=f"{name} to answer")

    def start(self, name: str) -> None:
        """Start the service of a container."""
        words = [self._there(name, word) for word in self.containers[name]["command"]]
        self.running[name] = self._nursery.run(words, self.told(name), self.folder / f"{name}.log")
        self._stack.callback(self.running[name].kill)

    def told(self, name: str) -> dict[str, str]:
        """Return what a container has in its environment."""
        return {key: self._there(name, str(value)) for key, value in self.containers[name]["environment"].items()}

    def secret(self, file: str) -> Path:
        """Return the file of a secret, by the name it has in the container."""
        return self.folder / str(self.files["secrets"][file]["file"])

    def url(self, server: str, user: str = "default") -> str:
        """Return the URL of one server, for a user."""
        password = (self.folder / "night-secrets" / f"{user}.password").read_text("ascii").strip()
        return f"redis://{user}:{password}@127.0.0.1:{self.ports[server]}"

    def page(self, container: str, path: str) -> bytes | None:
        """Return a page that a container shows; None while it does not."""
        return shown(self.ports[container], path)

    def probed(self, name: str) -> bool:
        """Whether a container's own health check finds it well, and so do the probes of its pod."""
        if any(shown(self.metrics[name], probe["path"]) is None for probe in probes(name)):
            return False
        how, *command = self.containers[name]["healthcheck"]["test"]
        assert how == "CMD"
        if command[0] == "tallywire":
            return CliRunner(env=self.told(name)).invoke(app, command[1:]).exit_code == Exit.DONE
        command = [self._there(name, word) for word in command]
        return not subprocess.run([sys.executable, *command[1:]], check=False, capture_output=True).returncode

    def _here(self, text: str) -> str:
        """Return a text with the addresses that the servers have here."""
        for name in NAMES:
            text = text.replace(f"{name}:6379", f"127.0.0.1:{self.ports[name]}")
        return text

    def _there(self, name: str, word: str) -> str:
        """Return a word of a container's command or environment as it is here."""
        if word.startswith("/run/secrets/"):
            assert Path(word).name in self.containers[name]["secrets"], f"{name} does not have {word}"
            return str(self.secret(Path(word).name))
        # What nobody has said in .env.
        word = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", word)
        word = re.sub(r"(?:0\.0\.0\.0|127\.0\.0\.1):848\d", f"127.0.0.1:{self.ports.get(name, 0)}", word)
        mine = {
            "/etc/tallywire/server.conf": str(SERVER_CONF),
            "/data": str(self.folder / name),
            "server": "127.0.0.1",
            "6379": str(self.ports["server"]),
            "0.0.0.0:9101": f"127.0.0.1:{self.metrics.get(name, 0)}",
        }
        return mine.get(word, word)


@pytest.fixture
def host(tmp_path: Path, nursery: Nursery) -> Iterator[Host]:
    """Start everything in the compose files, the servers first, with the services ready."""
    with ExitStack() as stack:
        host = Host(tmp_path, stack, nursery)
        host.prepare()
        for name in NAMES:
            host.start_server(name)
        for name in services(host.containers):
            host.start(name)
        yield host


def shown(port: int, path: str) -> bytes | None:
    """Return a page that is shown at a port; None while it is not."""
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        return bytes(answer.read())
    return None


def probes(name: str) -> list[dict[str, str]]:
    """Return what Kubernetes asks of a service: feeds are pods like those of publishing."""
    pod = deployments()["publishing" if name.startswith("feed") else name]
    return [pod[probe]["httpGet"] for probe in ("livenessProbe", "readinessProbe")]


def answers(url: str) -> bool:
    """Whether a server answers."""
    with suppress(RedisError), Redis.from_url(url) as client:
        return bool(client.ping())
    return False


def is_restarted(policy: str, code: int) -> bool:
    """Whether Docker starts a container again that has ended by itself."""
    return {"no": False, "on-failure": code != 0, "unless-stopped": True, "always": True}[policy]


def is_restarted_by_systemd(settings: Mapping[str, list[str]], code: int) -> bool:
    """Whether systemd starts a service again that has ended by itself with an exit code."""
    (restart,) = settings["Restart"]
    return restart == "on-failure" and code != 0 and str(code) not in settings["RestartPreventExitStatus"][0].split()


def test_a_night_by_the_files(host: Host) -> None:
    """Promise: the files' own commands make the secrets, and run a night: each service as its own user, exact.

    The feeds read from the stand-by alone. When the server is lost and the stand-by promoted, services and feeds go on.
    What stops for good afterwards ends so that neither Docker nor systemd starts it again, and says why.
    """
    sent = night(12, contests=10, declarations=20)
    names = [*services(host.containers)]
    client = connect(host.url("server"))
    centre = CountCentre(client, sent.election)
    centre.send([sent.register])
    centre.announce()
    centre.send(sent.sent[:10])
    centre.settle()
    for name in names:
        wait_until(partial(host.probed, name), what=f"{name} to be well")
    users = {each["user"] for each in client.client_list()}
    assert users >= {*PIPELINE, "posting", "publishing", "desk", "webhooks", "standby"}
    wait_until(lambda: client.wait(1, 100) == 1, what="the stand-by to have it")
    host.servers["server"].kill()
    host.servers["server"].wait()
    client.close()

    promoted = connect(host.url("standby"))
    promoted.replicaof("NO", "ONE")
    # The same unit of systemd's, beside the containers; what it may read is a file that systemd lays there for it.
    command, told = as_systemd("ingest", host.secret("ingest.url"), ENTRY_POINT)
    with (host.folder / "unit.log").open("wb") as log:
        beside = subprocess.Popen(command, env=os.environ | told, stderr=log)
    again = CountCentre(promoted, sent.election)
    again.send(sent.sent)
    again.settle()
    again.check_exact(sent)
    snapshot = f"/v1/elections/{sent.election}/snapshot"
    first, second, third = (partial(host.page, name, snapshot) for name in ("publishing", "feed-1", "feed-2"))
    wait_until(lambda: first() == second() == third() is not None, what="the feeds to show all of it")
    alive = f"tallywire:alive:ingest:*:{beside.pid}"
    wait_until(lambda: b"[]" in [promoted.get(key) for key in promoted.keys(alive)], what="both to work")
    promoted.flushall()
    for name in PIPELINE:
        code = host.running[name].await_end()
        assert not is_restarted(host.containers[name]["restart"], code), code
        assert f"has lost {sent.election}" in host.running[name].log()
    code = beside.wait(60)
    assert (code, is_restarted_by_systemd(unit("tallywire@.service"), code)) == (Exit.STAGE_FAILED, False)
    promoted.close()

    for name in set(names) - set(PIPELINE):
        assert host.running[name].end() == 0, name


def as_systemd(instance: str, secret: Path, program: str) -> tuple[list[str], dict[str, str]]:
    """Return what systemd runs for an instance, and what it puts into the environment."""
    settings = unit("tallywire@.service")

    def there(text: str) -> str:
        text = text.replace("%i", instance).replace("%d/redis.url", str(secret)).replace("$$", "$")
        return text.replace("/opt/tallywire/bin/tallywire", program)

    (line,) = settings["ExecStart"]
    shell, option, script = line.split(" ", 2)
    (credential,) = settings["LoadCredential"]
    assert credential == "redis.url:/etc/tallywire/secrets/%i.url"
    told = dict(there(value).split("=", 1) for value in settings["Environment"])
    return [shell, option, there(script.strip("'")).replace("port=9101", "port=0")], told


def test_units_and_manifests_run_what_the_containers_run(tmp_path: Path) -> None:
    """Promise: systemd and Kubernetes start the same commands, which the test above runs, each told its own secret."""
    containers = compose(COMPOSE)["services"]
    run = {name: container["command"] for name, container in services(containers).items()}
    assert {name: container["args"] for name, container in deployments().items()} == run
    stub = tmp_path / "tallywire"
    stub.write_text('#!/bin/sh\necho "$TALLYWIRE_METRICS" "$@"\n', "utf-8")
    stub.chmod(0o700)
    ports, found = [], {}
    for name in instances():
        command, told = as_systemd(name, tmp_path, str(stub))
        said = subprocess.run(command, env=told, check=True, capture_output=True, text=True).stdout.split()
        ports.append(said.pop(0))
        found[name] = said
    # On a machine of its own a container needs no port beside another's.
    assert found == run | {"desk": [*run["desk"], "--http", "127.0.0.1:8482"]}
    assert len({*ports}) == len(run)
    unknown, told = as_systemd("posing", tmp_path, str(stub))
    ended = subprocess.run(unknown, env=told, check=False, capture_output=True)
    assert not is_restarted_by_systemd(unit("tallywire@.service"), ended.returncode)


def test_the_server_of_the_units_and_the_manifests_is_told_the_same(tmp_path: Path) -> None:
    """Promise: wherever the server runs, it reads the one configuration, and its users from a secret."""
    containers: Any = compose(COMPOSE)["services"]
    words = containers["server"]["command"]
    (line,) = unit("tallywire-server.service")["ExecStart"]
    for option, value in (("--aclfile", "users.acl"),):
        assert Path(words[words.index(option) + 1]).name == value
        assert f"{option} ${{CREDENTIALS_DIRECTORY}}/{value}" in line
    assert words[1] in line
    command = line.replace("${CREDENTIALS_DIRECTORY}", str(tmp_path)).replace("/var/lib/tallywire", str(tmp_path))
    command = command.replace("--port 6379", f"--port {free_ports(1)}").replace(words[1], str(SERVER_CONF))
    (tmp_path / "users.acl").write_text("user default on nopass ~* &* +@all\n", "ascii")
    port = command.split("--port ")[1].split()[0]
    with subprocess.Popen([str(find_server_binary()), *command.split()[1:]], stdout=subprocess.DEVNULL) as server:
        wait_until(lambda: answers(f"redis://127.0.0.1:{port}"), what="the unit's server to answer")
        server.terminate()
