"""A writer that was away and comes back does not know that it is late. The fence does."""

import shutil
from collections.abc import Sequence

import pytest

from tests.storms.exact import assert_exact
from tests.storms.line import Line
from tests.storms.mortal import SERVICES, Fate
from tests.storms.night import night
from tests.storms.workers import Worker
from tests.waiting import wait_until

ROUNDS = 17
"""For each of three services: more than fifty in all."""


@pytest.mark.parametrize("service", SERVICES)
def test_a_frozen_worker_is_overtaken_and_then_refused(line: Line, service: str) -> None:
    """Promise: a worker that was frozen with a batch in hand changes nothing when it wakes up.

    SIGSTOP with a batch decided, a stand-by takes over, SIGCONT: the late commit is refused, each time, and nothing
    has two effects. The two change places after each round.
    """
    sent = night(2, contests=12, declarations=ROUNDS * 5)
    line.open(sent)
    line.start()
    line.sender.settle()
    leader, other = *line.workers.alive(service), line.workers.start(service)
    for place in range(ROUNDS):
        _overtake(line, leader, sent.declarations[5 * place : 5 * place + 5])
        leader, other = other, leader
    line.sender.settle()
    assert line.stop() == [0, 0, 0, 0]
    assert_exact(line.server.url, line.sender.acknowledged, [sent.register, *sent.declarations])


def _overtake(line: Line, leader: Worker, burst: Sequence[bytes]) -> None:
    """Freeze the leader with a batch decided, let it be overtaken, thaw it, and see it refused."""

    def noted(step: str) -> int:
        return line.workers.steps_of(leader).count(step)

    asked, refused = noted("asked"), noted("refused")
    leader.freeze_when_decided()
    wait_until(lambda: noted("asked") > asked, what="the leader to know")
    cursor = line.sender.cursors()[leader.service]
    line.sender.send(burst)
    wait_until(lambda: leader.frozen, what="the leader to freeze")
    wait_until(lambda: line.sender.cursors()[leader.service] != cursor, what="the stand-by to take over")
    leader.thaw()
    wait_until(lambda: noted("refused") > refused, what="the fence to refuse the leader that was")


@pytest.mark.parametrize("service", SERVICES)
def test_a_server_rolled_back_to_an_older_log_lets_no_old_writer_pass(line: Line, service: str) -> None:
    """Promise: a cursor that is right by chance does not let anybody in.

    The server comes back with an older log, and a new worker folds the same entries once more; the old one wakes up
    and finds the cursor where it left it. The token beside it is not its own.
    """
    sent = night(3, contests=30, declarations=300)
    line.open(sent)
    line.sender.send(sent.declarations)
    for before in SERVICES[: SERVICES.index(service)]:
        line.finish(before)
    log = line.server.data_dir / "appendonlydir"
    older = line.server.data_dir / "older"
    shutil.copytree(log, older)

    old = line.workers.start(service, Fate("freeze", "decided", 2, reconnect=True))
    wait_until(lambda: old.frozen, what="the old writer to freeze with its second batch")
    cursor = line.sender.cursors()[service]
    line.server.kill()
    shutil.rmtree(log)
    shutil.copytree(older, log)
    line.server.start()
    new = line.workers.start(service, Fate("kill", "committed", 1))
    assert line.workers.end_of(new) < 0
    assert line.sender.cursors()[service] == cursor != b"0-0"

    old.thaw()
    wait_until(lambda: "refused" in line.workers.steps_of(old), what="the fence to refuse the old writer")
    line.start()
    line.sender.settle()
    line.workers.kill_all()
    assert_exact(line.server.url, line.sender.acknowledged, [sent.register, *sent.declarations])
