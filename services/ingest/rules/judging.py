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
from typing import Final

from schemas.declaration import Declaration
from schemas.events import AmendmentEvent, DeclarationEvent, ReceiptEvent, RefusalEvent, RegisterEvent
from schemas.receipt import Reason, Receipt, Refusal, Status
from schemas.register import Contest, Register
from services.ingest.rules import limits
from services.ingest.rules.examining import Examined, examine
from services.ingest.rules.intake import Intake, Kept, Revision, Taken, digest, event_key, figures_digest
from services.ingest.rules.reasons.faults import fault, told
from services.rules.amending import amended

SOURCE: Final = "/tallywire/ingest"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS: Final = 253_402_300_799_999
"""The end of the year 9999: an entry id that somebody chose may lie beyond what a calendar can say."""


class Sent:
    """An accepted event as it goes on the ledger: the sender's bytes up to the last brace, then our attributes."""

    def __init__(self, raw: bytes, accepted: str) -> None:
        self.raw: Final = raw
        self.accepted: Final = accepted

    def encode(self) -> bytes:
        """Return the JSON object."""
        return self.raw[:-1] + b',"acceptedtime":"%s"}' % self.accepted.encode()


class Judgement:
    """What becomes of one entry."""

    def __init__(  # noqa: PLR0913  # each is one consequence; most are left out
        self,
        receipt: ReceiptEvent,
        *,
        ledger: Sent | None = None,
        refusal: RefusalEvent | None = None,
        taken: tuple[str, Taken] | None = None,
        revision: Revision | None = None,
        register: Register | None = None,
        contest: tuple[str, Contest] | None = None,
        refused: Kept | None = None,
    ) -> None:
        self.receipt: Final = receipt
        self.ledger: Final = ledger
        self.refusal: Final = refusal
        self.taken: Final = taken
        """Event key, and what to remember under it."""
        self.revision: Final = revision
        """The revision that was taken."""
        self.register: Final = register
        """The register, when it is loaded."""
        self.contest: Final = contest
        """Ballot id of a contest that was amended, and the contest from now on."""
        self.refused: Final = refused
        """How much of refused entries is kept from now on."""


def judge(intake: Intake, entry_id: str, fields: Mapping[bytes, bytes]) -> Judgement:
    """Decide on one entry; anything at all may be in it.

    Args:
        intake: what was taken so far.
        entry_id: the entry's id on the declarations stream; its time is the time of acceptance.
        fields: the entry's fields.
    """
    found = examine(fields, intake.election, intake.register)
    answer = _Answer(intake, entry_id, fields, found)
    earlier = intake.taken.get(answer.key)
    if earlier is not None:
        if earlier.digest == digest(answer.raw):
            return answer.duplicate(earlier)
        reason = Reason(
            code="id.reused",
            path="id",
            message="This id was used for another message, which stands. Give each message an id of its own.",
        )
        return answer.refused((reason, *found.reasons))
    match found.event:
        case None:
            return answer.refused(found.reasons)
        case DeclarationEvent(data=declared):
            judgement = _declaration(intake, declared, answer)
        case RegisterEvent(data=register):
            judgement = _register(intake, register, answer)
        case AmendmentEvent(data=amendment) if intake.register is not None:
            contest = amended(intake.register.contests[amendment.ballot_id], amendment)
            judgement = answer.accepted(contest=(amendment.ballot_id, contest))
        case _:
            raise LookupError(intake.election)
    if judgement.ledger is not None and intake.ledger_length >= limits.LEDGER_ENTRIES_MAX:
        return answer.refused(_full(intake.election))
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


def _declaration(intake: Intake, declared: Declaration, answer: "_Answer") -> Judgement:
    figures = figures_digest(declared)
    revisions = intake.contests[declared.ballot_id]
    earlier = revisions.get(declared.revision)
    if earlier is None:
        taken = Taken(figures, answer.ledger_sequence)
        return answer.accepted(revision=Revision(declared.ballot_id, declared.revision, taken))
    if earlier.digest == figures:
        return answer.duplicate(earlier)
    reason = Reason(
        code="revision.conflict",
        path="data.revision",
        message=f"Revision {declared.revision} of this contest was taken with other figures, and stands. "
        f"To correct it, send revision {max(revisions) + 1}.",
    )
    return answer.refused((reason,))


def _register(intake: Intake, register: Register, answer: "_Answer") -> Judgement:
    if intake.register is None:
        return answer.accepted(register=register)
    reason = Reason(
        code="register.already_loaded",
        path="data",
        message="Another register of this election is loaded. To change it, send an amendment.",
    )
    return answer.refused((reason,))


class _Answer:
    """Answers one entry."""

    def __init__(self, intake: Intake, entry_id: str, fields: Mapping[bytes, bytes], found: Examined) -> None:
        self.intake: Final = intake
        self.entry_id: Final = entry_id
        self.fields: Final = fields
        self.found: Final = found
        self.time: Final = instant(entry_id)
        self.raw: Final = fields.get(b"data", b"").rstrip()
        self.key: Final = event_key(found.source, found.event_id) if found.source and found.event_id else ""
        self.ledger_sequence: Final = intake.ledger_length + 1
        """Its place on the ledger, if it is accepted."""

    def accepted(
        self,
        *,
        revision: Revision | None = None,
        register: Register | None = None,
        contest: tuple[str, Contest] | None = None,
    ) -> Judgement:
        return Judgement(
            self._receipt("accepted", ledger_sequence=self.ledger_sequence),
            ledger=Sent(self.raw, self.time),
            taken=(self.key, Taken(digest(self.raw), self.ledger_sequence)),
            revision=revision,
            register=register,
            contest=contest,
        )

    def duplicate(self, earlier: Taken) -> Judgement:
        return Judgement(self._receipt("duplicate", ledger_sequence=earlier.ledger_sequence))

    def refused(self, reasons: tuple[Reason, ...]) -> Judgement:
        room = min(limits.KEPT_BYTES_MAX, limits.REFUSED_BYTES_MAX - self.intake.refused.size)
        kept, size = _kept(self.fields, room)
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
                cut=size < sum(map(len, (*self.fields, *self.fields.values()))),
            ),
        )
        receipt = self._receipt("refused", reasons)
        return Judgement(receipt, refusal=refusal, refused=Kept(self.intake.refused.size + size))

    def _receipt(
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
