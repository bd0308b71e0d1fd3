"""A writer that was away and comes back does not know that it is late. The fence does."""

import shutil
from collections.abc import Sequence

import pytest

from tests.pipeline.count_centre import CountCentre
from tests.pipeline.faults import SERVICES, Fault
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.services import Service
from tests.storms.scale import FREEZES
from tests.waiting import wait_until

WHOLE_BATCHES = (("streams.stage:TURN_S", 60.0),)
"""A worker that commits what it has read at once: two that begin at one place then come to one cursor."""


@pytest.mark.parametrize("name", SERVICES)
def test_a_frozen_worker_is_overtaken_and_then_refused(pipeline: Pipeline, name: str) -> None:
    """Promise: a worker that was frozen with a batch in hand changes nothing when it wakes up.

    SIGSTOP with a batch decided, a stand-by takes over, SIGCONT: the late commit is refused, each time, and nothing
    has two effects. The two change places after each round. Whoever found the other at work stands by.
    """
    sent = night(2, contests=12, declarations=FREEZES * 5)
    centre = pipeline.open(sent)
    pipeline.start_all()
    centre.settle()
    leader, other = *pipeline.services.alive(name), pipeline.start(name)
    for place in range(FREEZES):
        _overtake(centre, leader, sent.declarations[5 * place : 5 * place + 5])
        leader, other = other, leader
    centre.settle()
    other.await_saying("stage.standing_by")
    assert pipeline.services.end() == [0, 0, 0, 0]
    centre.check_exact(sent)


def _overtake(centre: CountCentre, leader: Service, burst: Sequence[bytes]) -> None:
    """Freeze the leader with a batch decided, let it be overtaken, thaw it, and see it refused."""

    def noted(step: str) -> int:
        return leader.steps().count(step)

    asked, refused = noted("asked"), noted("refused")
    leader.freeze_when_decided()
    wait_until(lambda: noted("asked") > asked, what="the leader to know")
    cursor = centre.cursors()[leader.name]
    centre.send(burst)
    wait_until(lambda: leader.frozen, what="the leader to freeze")
    wait_until(lambda: centre.cursors()[leader.name] != cursor, what="the stand-by to take over")
    leader.thaw()
    wait_until(lambda: noted("refused") > refused, what="the fence to refuse the leader that was")


@pytest.mark.parametrize("name", SERVICES)
def test_a_server_rolled_back_to_an_older_log_lets_no_old_writer_pass(pipeline: Pipeline, name: str) -> None:
    """Promise: a cursor that is right by chance does not let anybody in.

    The server comes back with an older log, and a new worker folds the same entries once more; the old one wakes up
    and finds the cursor where it left it. The token beside it is not its own.
    """
    sent = night(3, contests=30, declarations=300)
    centre = pipeline.open(sent)
    centre.send(sent.declarations)
    for before in SERVICES[: SERVICES.index(name)]:
        pipeline.finish(centre, before)
    log = pipeline.server.data_dir / "appendonlydir"
    older = pipeline.server.data_dir / "older"
    shutil.copytree(log, older)

    old = pipeline.start(name, Fault("freeze", "decided", 2, reconnect=True, constants=WHOLE_BATCHES))
    wait_until(lambda: old.frozen, what="the old writer to freeze with its second batch")
    cursor = centre.cursors()[name]
    pipeline.server.kill()
    shutil.rmtree(log)
    shutil.copytree(older, log)
    pipeline.server.start()
    new = pipeline.start(name, Fault("kill", "committed", 1, constants=WHOLE_BATCHES))
    assert new.await_end() < 0
    assert centre.cursors()[name] == cursor != b"0-0"

    old.thaw()
    wait_until(lambda: "refused" in old.steps(), what="the fence to refuse the old writer")
    pipeline.start_all()
    centre.settle()
    pipeline.services.kill_all()
    centre.check_exact(sent)
