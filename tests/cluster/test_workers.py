"""Several elections over several processes of each service."""

import threading
from collections import Counter
from pathlib import Path
from typing import Final

from tallywire.embedded.server import start_server
from tests.cluster.sending import Sender
from tests.storms.exact import assert_exact
from tests.storms.mortal import SERVICES
from tests.storms.night import night
from tests.storms.workers import Workers

ELECTIONS: Final = 12


def test_workers_share_the_elections_and_none_takes_effect_twice(tmp_path: Path) -> None:
    """Promise: more processes take over elections by themselves, and each election is as exact as with one.

    Of each service two processes run, and both commit: who leads an election is who was first with a batch, so each has
    half of them to itself at the start. When one process is killed, the other goes on with what was its.
    """
    with start_server(tmp_path, ephemeral=True) as server, Workers(tmp_path, server.url) as workers:
        senders = [Sender(server.url, night(place, 12, 120, f"2030-05-{10 + place}")) for place in range(ELECTIONS)]
        teams = [[workers.start(service) for service in SERVICES] for _ in range(2)]
        for others, theirs in zip(reversed(teams), (senders[::2], senders[1::2]), strict=True):
            for worker in others:
                worker.freeze()
            for sender in theirs:
                sender.open()
                sender.settle()
            for worker in others:
                worker.thaw()
        half = len(senders[0].night.sent) // 2
        _send(senders, slice(half))
        committed = Counter((service, pid) for pid, service, step in workers.steps() if step == "committed")
        assert committed.keys() == {(worker.service, worker.pid) for team in teams for worker in team}, committed
        for worker in teams[0]:
            worker.kill()
        _send(senders, slice(half, None))
        for sender in senders:
            sender.close()
            assert_exact(
                server.url,
                sender.confirmed,
                [sender.night.register, *sender.night.declarations],
                election=sender.night.election,
            )


def _send(senders: list[Sender], part: slice) -> None:
    """Let everybody send a part of the night at the same time, and wait until it has been read."""
    sending = [threading.Thread(target=sender.send, args=[sender.night.sent[part]]) for sender in senders]
    for thread in sending:
        thread.start()
    for thread in sending:
        thread.join()
    for sender in senders:
        sender.settle()
