"""Declarations posted over HTTP while everything behind the sender, and in front of it, is killed."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Final

from tests.pipeline.count_centre import CountCentre
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import Sender
from tests.waiting import wait_until

SEED: Final = 8480
NIGHT: Final = night(SEED, contests=30, declarations=400)
SENDERS: Final = 4
KILLS: Final = 12
"""Four of a posting service, four of ingest, four of the server."""


class Night:
    """Senders that post a night to two posting services, each message again and again until it is answered with 200."""

    def __init__(self, pipeline: Pipeline, centre: CountCentre) -> None:
        self.pipeline = pipeline
        self.centre = centre
        self.services = [Sender(pipeline), Sender(pipeline)]
        """Whoever does not answer is not asked again: another one takes its place."""
        self.answered = 0
        self._left = iter(NIGHT.sent)
        self._taking = threading.Lock()

    def kill_a_posting_service(self, chance: random.Random) -> None:
        """Kill one, and start another in its place."""
        place = chance.randrange(len(self.services))
        self.services[place].service.kill()
        self.services[place] = Sender(self.pipeline)

    def await_answers(self, number: int) -> None:
        """Wait until so many messages have been answered."""
        wait_until(lambda: self.answered >= number, deadline_s=120, what="the next part of the night")

    def send(self, chance: random.Random) -> None:
        """Post what is left, one after another."""
        while message := self._next():
            wait_until(lambda message=message: self._post(message, chance), deadline_s=120, what="it to be accepted")  # type: ignore[misc]
            with self._taking:
                self.answered += 1

    def _next(self) -> bytes | None:
        with self._taking:
            return next(self._left, None)

    def _post(self, message: bytes, chance: random.Random) -> bool:
        try:
            answer = chance.choice(self.services).post(NIGHT.election, message, Prefer="wait=5")
        except (OSError, HTTPException):
            return False
        assert answer.status in {200, 202, 503}, answer
        if answer.status == 200:
            self.centre.acknowledged[answer.json["data"]["entry_id"]] = message
        return answer.status == 200


def test_what_was_answered_as_accepted_survives_every_kill(pipeline: Pipeline) -> None:
    """Promise: senders that retry blindly lose nothing and double nothing; each "accepted" is on the ledger, once."""
    centre, chance = pipeline.open(NIGHT), random.Random(SEED)
    pipeline.start_all()
    centre.settle()
    posted = Night(pipeline, centre)
    with ThreadPoolExecutor(SENDERS) as senders:
        sending = [senders.submit(posted.send, random.Random(seed)) for seed in range(SENDERS)]
        for kill in range(KILLS):
            # Spread over the night: each waits for another part of it to be answered.
            posted.await_answers((kill + 1) * len(NIGHT.sent) // (KILLS + 1))
            match kill % 3:
                case 0:
                    posted.kill_a_posting_service(chance)
                case 1:
                    for service in pipeline.services.alive("ingest"):
                        service.kill()
                    pipeline.start("ingest")
                case _:
                    pipeline.server.kill()
                    pipeline.server.start()
        for each in sending:
            each.result()
    centre.settle()
    centre.check_exact(NIGHT)
    assert posted.answered == len(NIGHT.sent)
