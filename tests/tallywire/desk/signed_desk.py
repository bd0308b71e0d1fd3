"""A signed election on a real server, with its services, and people who sit at its desk."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from schemas.register import Contest, Party
from tallywire.client.connection import open_connection
from tallywire.client.post import send
from tallywire.client.signing import SigningKey, write_key
from tallywire.client.submissions import Submission
from tests.pipeline.pipeline import Pipeline
from tests.services.declarations import synthetic_declaration
from tests.services.ingest.signed_election import ENROLLED, OPERATOR, Person, enrolment, message
from tests.services.registers import ELECTION, PARTIES, SAMPLEFORD, TESTSHIRE, synthetic_contest, synthetic_register

TIMEOUT_S: Final = 60.0
"""On a busy machine."""


class SignedDesk:
    """An election with people who hold keys.

    Args:
        pipeline: the server; its services are started.
        folder: where their keys are kept.
        contests: contests with other facts than the synthetic ones.
        parties: parties that it has besides those of the synthetic one, such as answers of a referendum.
        signed: whether it asks for signatures.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        folder: Path,
        contests: Mapping[str, Contest] | None = None,
        parties: Mapping[str, Party] | None = None,
        *,
        signed: bool = True,
    ) -> None:
        self.url = pipeline.server.url
        self.pipeline = pipeline
        self.folder = folder
        self.signed = signed
        self.time = datetime.now(UTC).isoformat(timespec="seconds")
        """Of every message, so that the same one has the same bytes."""
        pipeline.start_all()
        register = synthetic_register(parties={**PARTIES, **(parties or {})})
        described = json.loads(register.with_contests({**register.contests, **(contests or {})}).model_dump_json())
        if signed:
            described |= {"signatures": "required", "operator_key": OPERATOR.public_key}
        self.post(OPERATOR, message("register", ELECTION, described, "register"), announce=True)
        for person, role, scope in ENROLLED.values() if signed else ():
            self.post(OPERATOR, enrolment(person, role, scope))
        # The desk also reads what aggregate keeps, which is there a little later than the receipts.
        self.settle()

    def post(self, who: Person, event: Mapping[str, Any], *, announce: bool = False) -> dict[str, Any]:
        """Send a message as somebody, and return its receipt."""
        content = json.dumps({**event, "time": self.time}).encode()
        part = Submission("", content, who.sign(content) if self.signed else None)
        with open_connection(self.url) as connection:
            (reply,) = send(
                connection, [part], [ELECTION], TIMEOUT_S, announce=connection.announce if announce else None
            )
            return dict(json.loads(reply[1].event)["data"])

    def declare(self, who: Person, event_id: str, ballot_id: str = TESTSHIRE, **figures: Any) -> dict[str, Any]:  # noqa: ANN401  # fields of a message
        """Declare as somebody, and return the receipt."""
        data = synthetic_declaration(ballot_id=ballot_id, **figures)["data"]
        return self.post(who, message("declaration", ballot_id, data, event_id))

    def key_file(self, who: Person) -> str:
        """Return the path of somebody's key."""
        path = self.folder / f"{who.name}.pem"
        if not path.exists():
            write_key(path, SigningKey(who.key.private_bytes_raw()))
        return str(path)

    def settle(self) -> None:
        """Wait until every service has read everything."""
        self.pipeline.centre(ELECTION).settle()


def expected_late() -> dict[str, Contest]:
    """Return Testshire, which was expected two hours ago, and Sampleford, which is expected in an hour."""
    at = datetime.now(UTC).replace(microsecond=0)
    later = {"expected_at": (at + timedelta(hours=1)).isoformat()}
    return {
        TESTSHIRE: synthetic_contest(expected_at=(at - timedelta(hours=2, minutes=1)).isoformat()),
        SAMPLEFORD: synthetic_register().contests[SAMPLEFORD].model_copy(update=later),
    }
