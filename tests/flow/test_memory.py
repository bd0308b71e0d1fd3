"""Memory: Python looks for circular garbage late, because the services make next to none."""

import re
import signal
import sys
from pathlib import Path

from tallywire.embedded.server import start_server
from tests.flow.night import synthetic_declarations, synthetic_register
from tests.flow.pipeline import ENTRY_POINT, Pipeline, Service, pipeline_on
from tests.waiting import wait_until

COLLECTS = """
import gc, signal
gc.callbacks.append(lambda phase, found: phase == "stop" and print(f"collected {found['collected']}", flush=True))
signal.signal(signal.SIGUSR1, lambda *_: gc.collect())
from streams import tidying
from tallywire.cli import main
tidying.OBJECTS = 500
main()
"""
"""A service that says how much garbage there was whenever it is looked for: when it is told to, or by itself, after 500
objects instead of 200,000."""


def collected(service: Service) -> list[int]:
    """Return how much garbage there was each time it was looked for."""
    return [int(found) for found in re.findall(r"^collected (\d+)$", service.log_path.read_text("utf-8"), re.MULTILINE)]


def collect(service: Service) -> list[int]:
    """Let garbage be looked for, and return how much there was, each time so far."""
    before = len(collected(service))
    service.process.send_signal(signal.SIGUSR1)
    return wait_until(lambda: found if len(found := collected(service)) > before else [], what="garbage to be counted")


def collecting(pipeline: Pipeline, name: str) -> Service:
    """Start a service that says what it collects."""
    command = pipeline.commands[name]
    at = command.index(ENTRY_POINT)
    pipeline.commands[name] = [*command[:at], sys.executable, "-c", COLLECTS, *command[at + 1 :]]
    return pipeline.start(name)


def test_declarations_leave_no_circular_garbage(tmp_path: Path) -> None:
    """Promise: memory does not grow with what was declared, although garbage is looked for so late."""
    register = synthetic_register("pcc.2037-06-08", seed=8)
    sent = synthetic_declarations(register, 8, revisions=20)
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, tmp_path) as pipeline:
        services = [collecting(pipeline, name) for name in pipeline.commands]
        pipeline.open(register)
        pipeline.post(register["election"], sent[:100])
        pipeline.settle(register["election"])
        for service in services:
            collect(service)
        pipeline.post(register["election"], sent[100:])
        pipeline.settle(register["election"])
        assert max(collect(service)[-1] for service in services) < len(sent) / 100


def test_what_a_server_that_is_away_leaves_is_collected(tmp_path: Path) -> None:
    """Promise: nor does memory grow while a service tries to reach its server: each attempt in vain leaves garbage."""
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, tmp_path) as pipeline:
        service = collecting(pipeline, "aggregate")
        service.await_saying("service.started")
        looked = collect(service)
        server.kill()
        wait_until(lambda: len(collected(service)) > len(looked), deadline_s=30, what="garbage to be looked for")
        assert collected(service)[len(looked)] > 0
        assert service.alive()
