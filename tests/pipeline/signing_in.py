"""Signing in over HTTP, as a browser does it."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.signatures import encode
from tallywire.people.signing_in import PROOF_TYPE
from tests.pipeline.sender import JSON_TYPE, Answered, Sender
from tests.services.ingest.signed_election import Person
from tests.services.registers import ELECTION

OWN_PAGE: Final = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Browser:
    """A browser that keeps its cookies."""

    sender: Sender
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """The origin of the pages that it shows."""
        return f"http://{self.sender.host}:{self.sender.port}"

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answered:
        """Ask for something, with its cookies."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        return self.sender.request(method, path, body, {**(cookie if self.cookies else {}), **named})

    def challenge(self, election: str = ELECTION, **headers: str) -> Answered:
        """Ask for a challenge."""
        return self.ask("POST", f"/v1/elections/{election}/sessions/challenge", b"", **(OWN_PAGE | headers))

    def proof(self, person: Person, challenge: str, **said: str) -> str:
        """Return a challenge signed by a person."""
        what = {"challenge": challenge, "election": ELECTION, "origin": self.origin} | said
        return compact(person, {"alg": "Ed25519", "kid": person.key_id, "typ": PROOF_TYPE}, what)

    def send(self, proof: str, election: str = ELECTION, **headers: str) -> Answered:
        """Send a proof, and keep the cookie that comes."""
        path, body = f"/v1/elections/{election}/sessions", json.dumps({"proof": proof}).encode()
        answer = self.ask("POST", path, body, Content_Type=JSON_TYPE, **(OWN_PAGE | headers))
        if answer.status == 201:
            name, _, value = answer.headers["set-cookie"].partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def sign_in(self, person: Person) -> Answered:
        """Sign in."""
        return self.send(self.proof(person, self.challenge().json["challenge"]))

    def who(self, election: str = ELECTION) -> Answered:
        """Ask who is signed in."""
        return self.ask("GET", f"/v1/elections/{election}/sessions")


def compact(person: Person, header: object, payload: Any) -> str:  # noqa: ANN401  # any JSON
    """Return a JWS in compact form."""
    head, body = (encode(json.dumps(part, separators=(",", ":")).encode()) for part in (header, payload))
    return f"{head}.{body}.{encode(person.key.sign(f'{head}.{body}'.encode()))}"
