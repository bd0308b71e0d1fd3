"""The containers' commands, run as plain processes: what docker-compose.yml starts is the pipeline."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from tallywire.operations.access import acl_lines
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.waiting import wait_until

COMPOSE: Final = Path(__file__).parents[2] / "docker-compose.yml"
URL: Final = "redis://redis:6379"
"""Where the containers find their server; here it is another."""

METRICS: Final = "0.0.0.0:9101"
"""Where each container serves its metrics; here it is any free port of this machine."""

HTTP: Final = ("0.0.0.0:8480", "0.0.0.0:8481")
"""Where declarations are taken, and where readers read; here, too."""

ENTRY_POINT: Final = str(Path(sys.executable).with_name("tallywire"))
"""The image's, as it is installed beside this interpreter."""


USERS: Final = COMPOSE.with_name("deploy") / "compose.users.yml"
"""The same containers on a server with users."""


def surroundings(container: dict[str, Any], url: str) -> dict[str, str]:
    """Return the environment of a container, with this machine's server and ports."""
    told = {name: str(value) for name, value in container["environment"].items()}
    here = {URL: url, **dict.fromkeys((METRICS, *HTTP), "127.0.0.1:0")}
    return os.environ | {name: here.get(value, value) for name, value in told.items()}


def test_the_containers_commands_are_a_pipeline(pipeline: Pipeline) -> None:
    """Promise: they exist and run as plain processes, an election comes out exact, and stopped they end with 0."""
    containers = YAML(typ="safe").load(COMPOSE.read_text("utf-8"))["services"].values()
    sent = night(12, contests=10, declarations=20)
    with ExitStack() as stack:
        processes = []
        for container in containers:
            if "build" in container:
                command = [ENTRY_POINT, *container["command"]]
                environment = surroundings(container, pipeline.server.url)
                process = stack.enter_context(subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL))
                stack.callback(process.kill)
                processes.append(process)
        centre = pipeline.open(sent)
        centre.send(sent.sent)
        centre.settle()
        centre.check_exact(sent)
        for service in ("posting", "publishing", "webhooks"):
            wait_until(partial(pipeline.client.keys, f"tallywire:alive:{service}:*"), deadline_s=60, what=service)
        for process in processes:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(60) for process in processes] == [0] * len(processes)


def test_each_container_works_as_its_own_user_with_its_secret_in_a_file(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: on a server with users, no container needs a secret in its environment, nor that of another one."""
    read = YAML(typ="safe").load
    plain, secured = (read(path.read_text("utf-8")) for path in (COMPOSE, USERS))
    lines = acl_lines(tmp_path / "night-secrets", pipeline.server.url)
    sent = night(13, contests=4, declarations=8)
    with ExitStack() as stack:
        for _, _, line in lines:
            pipeline.client.execute_command(
                "ACL", "SETUSER", *line.split()[1:], *(("nopass",) * ("user default" in line))
            )
        for name, container in plain["services"].items():
            if "build" not in container:
                continue
            # As compose merges them.
            told = container["environment"] | secured["services"][name]["environment"]
            secret = secured["secrets"][f"{name}.url"]["file"]
            assert secured["services"][name]["secrets"] == [f"{name}.url"]
            assert told["TALLYWIRE_REDIS_URL_FILE"] == f"/run/secrets/{name}.url"
            told["TALLYWIRE_REDIS_URL_FILE"] = str(tmp_path / secret)
            environment = surroundings({"environment": told}, "")
            process = stack.enter_context(
                subprocess.Popen([ENTRY_POINT, *container["command"]], env=environment, stderr=subprocess.DEVNULL)
            )
            stack.callback(process.kill)
        centre = pipeline.open(sent)
        centre.send(sent.sent)
        centre.settle()
        centre.check_exact(sent)
        for service in ("posting", "publishing", "webhooks"):
            wait_until(partial(pipeline.client.keys, f"tallywire:alive:{service}:*"), deadline_s=60, what=service)
        assert {client["user"] for client in pipeline.client.client_list()} >= {"ingest", "aggregate", "notify"}
