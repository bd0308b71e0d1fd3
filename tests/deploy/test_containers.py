"""The containers' commands, run as plain processes: what docker-compose.yml starts is the pipeline."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline

COMPOSE: Final = Path(__file__).parents[2] / "docker-compose.yml"
URL: Final = "redis://redis:6379"
"""Where the containers find their server; here it is another."""

METRICS: Final = "0.0.0.0:9101"
"""Where each container serves its metrics; here it is any free port of this machine."""

HTTP: Final = "0.0.0.0:8480"
"""Where declarations are taken; here, too."""

ENTRY_POINT: Final = str(Path(sys.executable).with_name("tallywire"))
"""The image's, as it is installed beside this interpreter."""


def surroundings(container: dict[str, Any], url: str) -> dict[str, str]:
    """Return the environment of a container, with this machine's server and ports."""
    told = {name: str(value) for name, value in container["environment"].items()}
    here = {URL: url, METRICS: "127.0.0.1:0", HTTP: "127.0.0.1:0"}
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
        for process in processes:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(60) for process in processes] == [0] * len(processes)
