"""Memory: what the services make is given back as soon as nobody needs it."""

import signal

from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.services import Service
from tests.waiting import wait_until


def collect(service: Service) -> int:
    """Let circular garbage be collected, and return how much there has been so far."""
    before = len(_collected(service))
    service.send(signal.SIGUSR2)
    found = wait_until(lambda: said if len(said := _collected(service)) > before else [], what="garbage to be counted")
    return found[-1]


def _collected(service: Service) -> list[int]:
    return [int(number) for step, _, number in (step.partition(":") for step in service.steps()) if step == "collected"]


def test_declarations_leave_no_circular_garbage(pipeline: Pipeline) -> None:
    """Promise: memory does not grow with what was declared, however late Python looks for circular garbage."""
    sent = night(8, contests=30, declarations=600)
    services = pipeline.start_all()
    centre = pipeline.open(sent)
    centre.send(sent.sent[:100])
    centre.settle()
    before = [collect(service) for service in services]
    centre.send(sent.sent[100:])
    centre.settle()
    after = [collect(service) for service in services]
    # A cycle for each declaration would be hundreds of objects; a lost connection leaves some tens.
    assert max(now - then for now, then in zip(after, before, strict=True)) < len(sent.sent) / 4
