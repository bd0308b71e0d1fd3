"""Memory: what the services make is given back as soon as nobody needs it."""

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
from tallywire.cli import main

def collect(*_):
    gc.collect()
    print(f"collected {sum(generation['collected'] for generation in gc.get_stats())}", flush=True)

signal.signal(signal.SIGUSR1, collect)
main()
"""
"""A service that looks for circular garbage when it is told to, and says how much there has been since it started."""


def collect(service: Service) -> int:
    """Let garbage be looked for, and return how much there has been so far."""
    before = len(_collected(service))
    service.process.send_signal(signal.SIGUSR1)
    found = wait_until(lambda: said if len(said := _collected(service)) > before else [], what="garbage to be counted")
    return found[-1]


def _collected(service: Service) -> list[int]:
    return [int(found) for found in re.findall(r"^collected (\d+)$", service.log_path.read_text("utf-8"), re.MULTILINE)]


def collecting(pipeline: Pipeline, name: str) -> Service:
    """Start a service that says what it collects."""
    command = pipeline.commands[name]
    at = command.index(ENTRY_POINT)
    pipeline.commands[name] = [*command[:at], sys.executable, "-c", COLLECTS, *command[at + 1 :]]
    return pipeline.start(name)


def test_declarations_leave_no_circular_garbage(tmp_path: Path) -> None:
    """Promise: memory does not grow with what was declared, however late Python looks for circular garbage."""
    register = synthetic_register("pcc.2037-06-08", seed=8)
    sent = synthetic_declarations(register, 8, revisions=20)
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, tmp_path) as pipeline:
        services = [collecting(pipeline, name) for name in pipeline.commands]
        pipeline.open(register)
        pipeline.post(register["election"], sent[:100])
        pipeline.settle(register["election"])
        before = [collect(service) for service in services]
        pipeline.post(register["election"], sent[100:])
        pipeline.settle(register["election"])
        after = [collect(service) for service in services]
        assert max(now - then for now, then in zip(after, before, strict=True)) < len(sent) / 100
