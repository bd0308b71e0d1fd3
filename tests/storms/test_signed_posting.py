"""Signed declarations, held ones among them, while everything in front of and behind their sender is killed."""

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any, Final

from typer.testing import CliRunner

from schemas.streams import LEDGER
from streams.ledger_tail import split
from tallywire.cli import app
from tallywire.client.signing import now
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import Answered, Sender
from tests.pipeline.signed_sender import KEYS, SignedSender, open_signed
from tests.services.ingest.signed_election import OFFICER, SECOND, Person, confirmation, declared
from tests.services.registers import ELECTION
from tests.waiting import wait_until

REVISIONS: Final = 60
HELD_EACH: Final = 5
"""Every fifth revision is held: others are declared elected than those with most votes."""
KILLS: Final = 9
"""Three of the posting service, three of ingest, three of the server."""


class Centre:
    """Posts one revision after the other, each again and again until there is a receipt."""

    def __init__(self, night: SignedSender) -> None:
        self.night = night
        self.taken: dict[str, bytes] = {}
        """By event id, what was answered as accepted or confirmed."""
        self.done = 0
        self._replacing = threading.Lock()

    def replace_posting(self) -> None:
        """Kill the posting service, and start another in its place."""
        with self._replacing:
            self.night.sender.service.kill()
            self.night.sender = Sender(self.night.pipeline)

    def work(self) -> None:
        """Declare every revision; have another person confirm what is held."""
        for revision in range(1, REVISIONS + 1):
            winner = ["ann-example"] if revision % HELD_EACH == 0 else ["bob-sample"]
            event = declared(f"declared-{revision}", revision=revision, elected=winner, rejected=1_000 + revision)
            answer = self._until_answered(OFFICER, event)
            if answer.status == 202:
                yes = confirmation(f"confirmed-{revision}", answer.json["data"]["hold"])
                assert self._until_answered(SECOND, yes).status == 200
            self.done = revision

    def _until_answered(self, person: Person, event: dict[str, Any]) -> Answered:
        content = json.dumps(event | {"time": now()}).encode()
        signature = person.sign(content)
        answers: list[Answered] = []

        def answered() -> bool:
            try:
                with self._replacing:
                    sender = self.night.sender
                answer = sender.post(ELECTION, content, Prefer="wait=5", Tallywire_Signature=signature)
            except (OSError, HTTPException):
                return False
            assert answer.status in {200, 202, 503}, answer
            answers.append(answer)
            return answer.status == 200 or (answer.status == 202 and answer.json.get("status") != "waiting")

        wait_until(answered, deadline_s=120, what=f"an answer to {event['id']}")
        self.taken[event["id"]] = content
        return answers[-1]


def test_signed_and_held_declarations_survive_every_kill(pipeline: Pipeline) -> None:
    """Promise: what was answered is on the ledger once, byte for byte, and the whole of it verifies."""
    night = open_signed(pipeline, "ingest", "aggregate", "notify")
    centre = Centre(night)
    with ThreadPoolExecutor(1) as working:
        work = working.submit(centre.work)
        for kill in range(KILLS):
            part = (kill + 1) * REVISIONS // (KILLS + 1)
            wait_until(lambda part=part: centre.done >= part or work.done(), deadline_s=120, what="the next part")  # type: ignore[misc]
            match kill % 3:
                case 0:
                    centre.replace_posting()
                case 1:
                    for service in pipeline.services.alive("ingest"):
                        service.kill()
                    pipeline.start("ingest")
                case _:
                    pipeline.server.kill()
                    pipeline.server.start()
        work.result()
    entries = [split(fields[b"data"])[0] for _, fields in pipeline.client.xrange(KEYS.key(LEDGER.name))]
    sent = Counter(entry for entry in entries if json.loads(entry)["id"] in centre.taken)
    assert sent == Counter(centre.taken.values())
    wait_until(
        lambda: CliRunner().invoke(app, ["verify", "--redis", pipeline.server.url]).exit_code == 0,
        deadline_s=60,
        what="everything to be folded and verified",
    )
