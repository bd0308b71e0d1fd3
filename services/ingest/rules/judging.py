"""The rule: one entry of the declarations stream in; ledger entry, receipt, dead letter out.

Identity (the words are docs/promises.md's): the same event id with the same bytes is a duplicate, with other bytes
it is refused. A new event id with a revision that was taken already is a duplicate when it says the same, and is
refused when it does not: the first stands. An id is bound only when its event is accepted, so that a refused
declaration can be mended and sent again under its id.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from schemas.declaration import Declaration
from schemas.events import AmendmentEvent, DeclarationEvent, ReceiptEvent, RefusalEvent, RegisterEvent
from schemas.receipt import Reason, Receipt, Refusal, Status
from schemas.register import Register
from services.amending import amended
from services.ingest.rules import limits
from services.ingest.rules.examining import Examined, examine
from services.ingest.rules.faults import fault, told
from services.ingest.rules.intake import Intake, Kept, Revision, Taken, digest, event_key, figures_digest

SOURCE: Final = "/tallywire/ingest"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS: Final = 253_402_300_799_999
"""The end of the year 9999: an entry id that somebody chose may lie beyond what a calendar can say."""


class Sent(NamedTuple):
    """An accepted event as it goes on the ledger: the sender's bytes up to the last brace, then our attributes."""

    raw: bytes
    accepted: str

    def encode(self) -> bytes:
        """Return the JSON object."""
        return self.raw[:-1] + b',"acceptedtime":"%s"}' % self.accepted.encode()


class Judgement(NamedTuple):
    """What becomes of one entry."""

    receipt: ReceiptEvent
    ledger: Sent | None = None
    refusal: RefusalEvent | None = None
    taken: tuple[str, Taken] | None = None
    """Event key, and what to remember under it."""
    revision: Revision | None = None
    """The revision that was taken."""
    register: Register | None = None
    """The register from now on."""
    refused: Kept | None = None
    """How much of refused entries is kept from now on."""


def judge(intake: Intake, entry_id: str, fields: Mapping[bytes, bytes]) -> Judgement:
    """Decide on one entry; anything at all may be in it.

    Args:
        intake: what was taken so far.
        entry_id: the entry's id on the declarations stream; its time is the time of acceptance.
        fields: the entry's fields.
    """
    found = examine(fields, intake.election, intake.register)
    raw = fields.get(b"data", b"").rstrip()
    writing = _Answer(intake, entry_id, instant(entry_id), found)
    key = event_key(found.source, found.event_id) if found.source and found.event_id else ""
    earlier = intake.taken.get(key)
    if earlier is not None:
        if earlier.digest == digest(raw):
            return writing.duplicate(earlier)
        reason = Reason(
            code="id.reused",
            path="id",
            message="This id was used for another message, which stands. Give each message an id of its own.",
        )
        return writing.refusal(fields, (reason, *found.reasons))
    if found.event is None:
        return writing.refusal(fields, found.reasons)
    taken = Taken(digest(raw), intake.ledger_length + 1)
    receipt = writing.receipt("accepted", ledger_sequence=taken.ledger_sequence)
    accepted = Judgement(receipt, ledger=Sent(raw, writing.time), taken=(key, taken))
    match found.event:
        case DeclarationEvent(data=declared):
            judgement = _declaration(intake, declared, accepted, writing, fields)
        case RegisterEvent(data=register):
            judgement = _register(intake, register, accepted, writing, fields)
        case AmendmentEvent(data=amendment) if intake.register is not None:
            judgement = accepted._replace(register=amended(intake.register, amendment))
        case _:
            raise LookupError(intake.election)
    if judgement.ledger is not None and intake.ledger_length >= limits.LEDGER_ENTRIES_MAX:
        return writing.refusal(fields, _full(intake.election))
    return judgement


def instant(entry_id: str) -> str:
    """Return the time in a stream entry's id, RFC 3339 in UTC with milliseconds: the server's clock, not ours."""
    return _written(min(int(entry_id.partition("-")[0]), _LAST_MS))


@lru_cache(maxsize=1_000)
def _written(milliseconds: int) -> str:
    # What was sent in one go has the same few times.
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _full(election: str) -> tuple[Reason, ...]:
    return told([fault("election.full", election=election, limit=f"{limits.LEDGER_ENTRIES_MAX:,}")])


def _declaration(
    intake: Intake,
    declared: Declaration,
    accepted: Judgement,
    writing: "_Answer",
    fields: Mapping[bytes, bytes],
) -> Judgement:
    if accepted.taken is None:
        raise LookupError(intake.election)
    figures = figures_digest(declared)
    revisions = intake.contests[declared.ballot_id]
    earlier = revisions.get(declared.revision)
    if earlier is None:
        taken = Taken(figures, accepted.taken[1].ledger_sequence)
        return accepted._replace(revision=Revision(declared.ballot_id, declared.revision, taken))
    if earlier.digest == figures:
        return writing.duplicate(earlier)
    reason = Reason(
        code="revision.conflict",
        path="data.revision",
        message=f"Revision {declared.revision} of this contest was taken with other figures, and stands. "
        f"To correct it, send revision {max(revisions) + 1}.",
    )
    return writing.refusal(fields, (reason,))


def _register(
    intake: Intake,
    register: Register,
    accepted: Judgement,
    writing: "_Answer",
    fields: Mapping[bytes, bytes],
) -> Judgement:
    if intake.register is None:
        return accepted._replace(register=register)
    reason = Reason(
        code="register.already_loaded",
        path="data",
        message="Another register of this election is loaded. To change it, send an amendment.",
    )
    return writing.refusal(fields, (reason,))


class _Answer(NamedTuple):
    """Writes the receipt for one entry."""

    intake: Intake
    entry_id: str
    time: str
    found: Examined

    def receipt(
        self, status: Status, reasons: tuple[Reason, ...] = (), ledger_sequence: int | None = None
    ) -> ReceiptEvent:
        return ReceiptEvent(
            id=f"{self.intake.election}:{self.entry_id}:receipt",
            source=SOURCE,
            subject=self.found.subject or self.entry_id,
            time=self.time,
            test=self._test,
            data=Receipt(
                status=status,
                entry_id=self.entry_id,
                event_id=self.found.event_id,
                reasons=reasons,
                ledger_sequence=ledger_sequence,
            ),
        )

    def duplicate(self, earlier: Taken) -> Judgement:
        return Judgement(self.receipt("duplicate", ledger_sequence=earlier.ledger_sequence))

    def refusal(self, fields: Mapping[bytes, bytes], reasons: tuple[Reason, ...]) -> Judgement:
        room = min(limits.KEPT_BYTES_MAX, limits.REFUSED_BYTES_MAX - self.intake.refused.size)
        kept, size = _kept(fields, room)
        refusal = RefusalEvent(
            id=f"{self.intake.election}:{self.entry_id}:refusal",
            source=SOURCE,
            subject=self.found.subject or self.entry_id,
            time=self.time,
            test=self._test,
            data=Refusal(
                entry_id=self.entry_id,
                reasons=reasons,
                fields=kept,
                cut=size < sum(map(len, (*fields, *fields.values()))),
            ),
        )
        receipt = self.receipt("refused", reasons)
        return Judgement(receipt, refusal=refusal, refused=Kept(self.intake.refused.size + size))

    @property
    def _test(self) -> bool:
        return self.intake.register is not None and self.intake.register.test


def _kept(fields: Mapping[bytes, bytes], room: int) -> tuple[dict[str, str], int]:
    """Return the names and values that there is room for, in their order, and how many bytes they have."""
    kept: dict[str, str] = {}
    left = room
    for field in fields.items():
        if left <= 0:
            break
        name = field[0][:left]
        value = field[1][: left - len(name)]
        left -= len(name) + len(value)
        kept[_base64(name)] = _base64(value)
    return kept, room - left


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")
