"""A sender over HTTP to an election that asks for signatures."""

import json
from typing import Any, Final

from schemas.streams import DECLARATIONS
from streams.keys import CATALOGUE, Partition
from tallywire.client.signing import now
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import Answered, Sender
from tests.services.ingest.signed_election import ENROLLED, OPERATOR, Person, enrolment, register_message
from tests.services.registers import ELECTION
from tests.waiting import wait_until

KEYS: Final = Partition(ELECTION)


class SignedSender:
    """Posts what people have signed."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.sender = Sender(pipeline)

    def post(self, person: Person, event: dict[str, Any], **headers: str) -> Answered:
        """Post an event, made now and signed by a person."""
        content = json.dumps(event | {"time": now()}).encode()
        return self.sender.post(ELECTION, content, **({"Tallywire_Signature": person.sign(content)} | headers))

    @property
    def appended(self) -> int:
        """How many entries the declarations stream has."""
        return int(self.pipeline.client.xlen(KEYS.key(DECLARATIONS.name)))


def open_signed(pipeline: Pipeline, *services: str) -> SignedSender:
    """Load an election that asks for signatures, start services, enrol its people, and return a sender to it."""
    register = json.dumps(register_message() | {"time": now()}).encode()
    pipeline.client.xadd(KEYS.key(DECLARATIONS.name), {"data": register, "signature": OPERATOR.sign(register)})
    pipeline.client.xadd(CATALOGUE, {"election": ELECTION})
    for service in services:
        pipeline.start(service)
    wait_until(lambda: pipeline.client.exists(KEYS.key("ingest:keys")), what="the operator's key")
    sender = SignedSender(pipeline)
    for person, role, contests in ENROLLED.values():
        assert sender.post(OPERATOR, enrolment(person, role, contests)).status == 200
    return sender
