"""An election that asks for signatures, in memory: people with keys, and what ingest makes of what they send."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.receipt import Receipt
from schemas.signatures import encode, header_of, signed_bytes, thumbprint
from services.ingest.rules.answers import receipts_of
from services.ingest.rules.intake import Intake
from services.ingest.rules.judging import instant, judge
from services.ingest.service import WIRING, ingest_declarations
from streams.commit import Mark, number
from streams.fold import Entry, fold
from tests.services.declarations import synthetic_declaration
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_register

START_MS: Final = 1_903_918_400_000
"""2030-05-02T02:13:20Z, by the server's clock."""


class Person:
    """Somebody with a key."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())
        self.public_key = encode(self.key.public_key().public_bytes_raw())
        self.key_id = thumbprint(self.key.public_key().public_bytes_raw())

    def sign(self, content: bytes) -> str:
        """Return the signature of some bytes."""
        header = header_of(self.key_id)
        return f"{header}..{encode(self.key.sign(signed_bytes(header, content)))}"


OPERATOR: Final = Person("operator")
OFFICER: Final = Person("synthetic-officer")
SECOND: Final = Person("synthetic-second")
CLERK: Final = Person("synthetic-clerk")
OTHER_CLERK: Final = Person("synthetic-other-clerk")
DESK: Final = Person("synthetic-desk")
SYSTEM: Final = Person("synthetic-system")
STRANGER: Final = Person("synthetic-stranger")

ENROLLED: Final[Mapping[str, tuple[Person, str, tuple[str, ...] | None]]] = {
    "officer": (OFFICER, "returning-officer", (TESTSHIRE,)),
    "second": (SECOND, "second-person", (TESTSHIRE,)),
    "clerk": (CLERK, "clerk", (TESTSHIRE,)),
    "other clerk": (OTHER_CLERK, "clerk", (TESTSHIRE,)),
    "desk": (DESK, "desk", None),
    "system": (SYSTEM, "service", (TESTSHIRE,)),
}


def message(event_type: str, subject: str, data: object, event_id: str, **envelope: object) -> dict[str, Any]:
    """Return an event as it is sent to a signed election."""
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": "/count-centres/testshire",
        "type": f"tallywire.{event_type}.v1",
        "subject": subject,
        "election": ELECTION,
        "time": instant(START_MS),
        "data": data,
    } | envelope


def register_message(**overrides: object) -> dict[str, Any]:
    """Return the register that asks for signatures."""
    register = json.loads(synthetic_register().model_dump_json())
    data = register | {"signatures": "required", "operator_key": OPERATOR.public_key} | overrides
    return message("register", ELECTION, data, "register")


def enrolment(who: Person, role: str, contests: tuple[str, ...] | None, **overrides: object) -> dict[str, Any]:
    """Return the message that enrols a person's key."""
    data: dict[str, object] = {
        "key_id": who.key_id,
        "public_key": who.public_key,
        "person": who.name,
        "role": role,
        "contests": contests,
        "mode": "live",
    }
    return message("key", who.key_id, data | overrides, f"enrol-{who.name}")


def declared(event_id: str = "declared-1", **overrides: Any) -> dict[str, Any]:  # noqa: ANN401  # fields of a message
    """Return Testshire's declaration."""
    data = synthetic_declaration(**overrides)["data"]
    return message("declaration", str(data["ballot_id"]), data, event_id)


def entered(event_id: str, **overrides: Any) -> dict[str, Any]:  # noqa: ANN401  # fields of a message
    """Return Testshire's figures as somebody has typed them."""
    data = {name: value for name, value in declared(**overrides)["data"].items() if not name.startswith("declared_")}
    data.pop("returning_officer")
    return message("entry", TESTSHIRE, data, event_id)


def confirmation(event_id: str, hold: int, decision: str = "confirm", reason: str | None = None) -> dict[str, Any]:
    """Return a decision on what is held of Testshire."""
    data = {"ballot_id": TESTSHIRE, "hold": hold, "decision": decision, "reason": reason}
    return message("confirmation", TESTSHIRE, data, event_id)


NOT_MOST_VOTES: Final[dict[str, Any]] = {"elected": ["ann-example"]}
"""As in Nelson 2023: the declared elected are not those with most votes."""


class SignedElection:
    """An election to which signed messages are sent."""

    def __init__(self, *, loaded: bool = True) -> None:
        self.intake = Intake(ELECTION)
        self.mark = Mark()
        self.ledger: list[bytes] = []
        self.receipts: list[Receipt] = []
        self.receipt_ids: list[str] = []
        self.published: list[bytes] = []
        """All that was written on other streams."""
        self.tables: dict[str, dict[str, bytes]] = {table.name: {} for table in WIRING.tables}
        """What ingest keeps, as it is stored."""
        self.sent = 0
        if loaded:
            assert self.post(OPERATOR, register_message()).status == "accepted"
            for person, role, contests in ENROLLED.values():
                assert self.post(OPERATOR, enrolment(person, role, contests)).status == "accepted"

    def post(
        self, person: Person | None, event: Mapping[str, Any] | bytes, signature: str | None = None, later_s: float = 0
    ) -> Receipt:
        """Send a message signed by a person, and return its receipt; further receipts are in ``receipts``."""
        content = event if isinstance(event, bytes) else json.dumps(event).encode()
        fields = {b"data": content}
        if signature is None and person is not None:
            signature = person.sign(content)
        if signature is not None:
            fields[b"signature"] = signature.encode()
        self.sent += 1
        entry = Entry(f"{self.sent}-0", fields, START_MS + int(1_000 * later_s))
        own = next(receipts_of(judge(self.intake, entry.id, entry.fields, instant(entry.read_ms)))).data
        batch = fold(WIRING, ingest_declarations, self.intake, [entry])
        assert batch.outcomes in ([], [None]), batch.outcomes
        for (table, field), value in batch.records.items():
            self.tables[table][field] = value.encode()
        written, self.mark = number(batch.emissions, ELECTION, WIRING, self.mark)
        for out, text in zip(batch.emissions, written, strict=True):
            if out.stream == "ledger":
                self.ledger.append(text)
            elif out.stream == "receipts":
                self.receipts.append(Receipt.model_validate(json.loads(text)["data"]))
                self.receipt_ids.append(json.loads(text)["id"])
            else:
                self.published.append(text)
        return own

    def hold(self, event_id: str = "declared-1", **overrides: Any) -> int:  # noqa: ANN401  # fields of a message
        """Have a declaration held, and return the place of its hold."""
        receipt = self.post(OFFICER, declared(event_id, **(NOT_MOST_VOTES | overrides)))
        assert (receipt.status, receipt.hold) == ("held", len(self.ledger)), receipt
        return len(self.ledger)

    @property
    def types(self) -> list[str]:
        """The types of what is on the ledger after the register and the keys."""
        known = len(ENROLLED) + 1
        return [json.loads(entry)["type"].split(".")[1] for entry in self.ledger[known:]]
