"""A sender over HTTP: what a script in a count centre does."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from tallywire.embedded.supervisor import POSTING
from tests.pipeline.faults import Fault
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.services import NO_FAULT, Services

JSON_TYPE: Final = "application/json"


class Answered(NamedTuple):
    """What was answered to a request."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401  # any JSON
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def codes(self) -> list[str]:
        """The reasons for which it was refused."""
        return [reason["code"] for reason in self.json["reasons"]]


class Sender:
    """Sends to a posting service, each time over a connection of its own."""

    def __init__(self, place: Pipeline | Services, fault: Fault = NO_FAULT, *, metrics: bool = False) -> None:
        self.address = "127.0.0.1"
        """Where it sends from: any address of this machine's own network."""
        self.service = place.start(POSTING, fault, metrics=metrics)
        self.service.await_saying("service.started")
        served = next(urlsplit(line["url"]) for line in self.service.said() if line["event"] == "http.served")
        self.host, self.port = str(served.hostname), int(served.port or 0)

    def request(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answered:
        """Ask for something."""
        connection = HTTPConnection(self.host, self.port, timeout=60, source_address=(self.address, 0))
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return Answered(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answered:
        """Get a page."""
        return self.request("GET", path, None, headers)

    def post(self, election: str, body: bytes, **headers: str) -> Answered:
        """Post a message to an election."""
        path = f"/v1/elections/{election}/declarations"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", path, body, {"Content-Type": JSON_TYPE, **named})
