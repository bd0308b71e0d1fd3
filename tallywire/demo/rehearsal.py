"""A rehearsal: a night is played as the election ``rehearsal.ID``, with mischief, and every answer is looked at."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from schemas import tables
from schemas.events import ReceiptEvent
from schemas.register import Register
from schemas.rehearsals import rehearsal_of
from schemas.streams import RECEIPTS
from services.ingest.rules.intake import REVISIONS
from tallywire.client.connection import Connection, open_connection
from tallywire.client.errors import NoReceiptError, RefusedError
from tallywire.client.follow import Follower, Published
from tallywire.client.messages import register_event
from tallywire.client.post import post, send
from tallywire.client.progress import alive
from tallywire.client.signing import SigningKey
from tallywire.client.snapshot import read_at_once, read_register_head, read_table
from tallywire.client.submissions import Submission, signed
from tallywire.demo.cast import PERSON, Cast
from tallywire.demo.folder import demo_folder
from tallywire.demo.night import PUBLISHED, server_at, services_at, signals
from tallywire.demo.playback import play
from tallywire.demo.script import DESK, ID, Mischief, Post, Script, rehearsal_register, write_script
from tallywire.desk.readiness import Centre, readiness
from tallywire.desk.stored import read_stored
from tallywire.embedded.supervisor import SERVICES
from tallywire.packs.pack import Pack

TIMEOUT_S: Final = 60.0
"""How long the register and the keys may wait for their receipts."""

_RETURNED: Final = "Rehearsal: look at the paper again"


@dataclass(frozen=True, slots=True)
class Answered:
    """A piece of mischief, and how it was answered."""

    mischief: str
    """Its name."""
    what: str
    """The same in words."""
    ballot_id: str
    contest: str
    answers: Mapping[str, int]
    """How many receipts of each kind came: a status, of a refusal with its first reason."""
    as_it_should: bool
    """Whether at the end the right figures stand, and nothing where nothing was sent."""


@dataclass(frozen=True, slots=True)
class Report:
    """How a rehearsal went."""

    election: str
    signed: bool
    centres: tuple[Centre, ...]
    mischief: tuple[Answered, ...]
    held: tuple[int, ...]
    """Holds that nobody has decided."""

    @property
    def went_well(self) -> bool:
        """Whether all mischief was answered as it should be."""
        return all(each.as_it_should for each in self.mischief)


@dataclass(frozen=True, slots=True)
class Wish:
    """How a rehearsal is to be."""

    speed: float | None = None
    """As for `playback.timetable`."""
    url: str | None = None
    """A server to use; None for one of its own, which ends with the rehearsal."""
    operator: SigningKey | None = None
    """The operator's key; without it the rehearsal on a server that is named asks for no signatures."""
    unsigned: bool = False
    """Whether the rehearsal on a server of its own asks for none either."""
    keys: Path | None = None
    """A folder for the keys of who plays: then what is held waits for somebody who sits at the desk."""


class Audience(Protocol):
    """Who is told how a rehearsal goes."""

    def begins(self, register: Register, url: str, wish: Wish) -> None:
        """Called before the first message."""
        ...

    def published(self, entry: Published) -> None:
        """Called for each event that a service publishes."""
        ...

    def waits(self, holds: tuple[int, ...]) -> None:
        """Called when all is played and somebody has still to decide on these holds."""
        ...


def rehearse(pack: Pack, wish: Wish, audience: Audience) -> Report:
    """Play a pack as a rehearsal.

    Raises:
        NoServerError: the server or a service failed.
        RefusedError: the rehearsal that is loaded asks for signatures, and no operator's key was given.
    """
    with (
        signals(),
        demo_folder() as folder,
        server_at(folder, wish.url) as address,
        open_connection(address) as connection,
        _services(connection, address, folder / "services.log"),
    ):
        operator = SigningKey.draw() if wish.url is None and wish.operator is None else wish.operator
        night = _Night(connection, pack, None if wish.unsigned else operator)
        audience.begins(night.register, address, wish)
        return night.play(wish, audience)


def ask(pack: Pack, url: str, operator: SigningKey | None, *, load: bool) -> tuple[str, tuple[Centre, ...]]:
    """Return the id of a pack's rehearsal, and how far each centre is.

    Args:
        pack: the election.
        url: the server.
        operator: the key that signs the register, where the rehearsal is to ask for signatures.
        load: whether to load the rehearsal where it is not loaded.

    Raises:
        NotThereError: it is not loaded, and is not to be.
        NoReceiptError: the register is not answered.
        RefusedError: it is refused.
    """
    with open_connection(url) as connection:
        election = rehearsal_of(pack.register.election)
        if not load:
            connection.choose(election)
        elif election not in connection.elections():
            _load(connection, rehearsal_register(pack), operator, {})
        return election, readiness(connection, election, ID)


@contextmanager
def _services(connection: Connection, url: str, log: Path) -> Iterator[None]:
    """Run the services, unless they run on the server already."""
    with ExitStack() as stack:
        if not all(alive(connection, service) for service in SERVICES):
            stack.enter_context(services_at(url, log))
        yield


def _load(
    connection: Connection, value: dict[str, Any], operator: SigningKey | None, expected: Mapping[str, datetime]
) -> None:
    """Load the register of a rehearsal.

    Args:
        connection: where to.
        value: the register.
        operator: the key that signs it, where it is to ask for signatures.
        expected: when each contest is expected; those on the real night are no use to a rehearsal.
    """
    for ballot_id, contest in value["contests"].items():
        at = expected.get(ballot_id)
        contest["expected_at"] = None if at is None else at.isoformat(timespec="seconds")
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    register = Register.model_validate_json(written)
    content = register_event(register, written, None if operator is None else operator.public_key)
    message = signed(Submission("", content), register.election, operator)
    announce = partial(connection.announce, operator=None if operator is None else operator.key_id)
    for _, reply in send(connection, [message], [register.election], TIMEOUT_S, announce=announce):
        if reply.receipt.data.status == "refused":
            raise RefusedError(f"The register was refused: {reply.receipt.data.reasons[0].message}")


@dataclass(slots=True)
class _Night:
    """A rehearsal that is played."""

    connection: Connection
    pack: Pack
    operator: SigningKey | None
    register: Register = field(init=False)
    _script: Script = field(init=False)
    _cast: Cast = field(init=False)
    _sent: dict[str, Post] = field(default_factory=dict)
    """What is sent, by event id."""
    _answers: dict[str, Counter[str]] = field(default_factory=dict)
    """What came of it, by ballot id."""
    _posted: int = 0
    """Messages sent because of what came of others."""

    def __post_init__(self) -> None:
        value = rehearsal_register(self.pack)
        self.register = Register.model_validate_json(json.dumps(value))

    @property
    def election(self) -> str:
        """The id of the rehearsal."""
        return self.register.election

    def play(self, wish: Wish, audience: Audience) -> Report:
        """Play it, and return how it went."""
        loaded = self.election in self.connection.elections()
        if loaded and self._asks_for_signatures() != (self.operator is not None):
            raise RefusedError(
                f"{self.election} is loaded and asks for signatures: give the operator's key with --key."
                if self.operator is None
                else f"{self.election} is loaded and asks for no signatures: leave the key out."
            )
        left_out = self._left_out() if loaded else frozenset[str]()
        self._script = write_script(self.pack, left_out, signed=self.operator is not None)
        played = (*(each.ballot_id for each in self._script.posts), *self._script.mischief)
        self._cast = Cast.draw(self.election, self.operator, played)
        if wish.keys is not None:
            self._cast.write(wish.keys)
        moments = self._script.moments(wish.speed)
        if not loaded:
            _load(self.connection, rehearsal_register(self.pack), self.operator, self._expected(moments))
        self._enrol()
        self._sent = {str(each.event["id"]): each for each in self._script.posts}
        follower = Follower(self.connection.servers)
        for stream in PUBLISHED:
            follower.add(self.election, stream.name, self.connection.last_id(self.election, stream.name))
        messages = self._cast.messages(self._script.posts, moments)
        self._until_settled(follower, messages, moments, audience, desk=wish.keys is None)
        if wish.keys is not None and self._open_holds():
            audience.waits(self._open_holds())
            while self._open_holds():
                for entry in follower.read(1.0):
                    self._hear(entry, audience, desk=False)
            # What was returned or rejected last is still to be mended.
            self._until_settled(follower, [], [], audience, desk=False)
        return self._report()

    def _until_settled(
        self, follower: Follower, messages: list[Submission], moments: list[float], audience: Audience, *, desk: bool
    ) -> None:
        """Play messages, and all that is sent because of what came of them."""
        while True:
            before = self._posted
            for entry in play(self.connection, self.election, follower, messages, moments):
                self._hear(entry, audience, desk=desk)
            if self._posted == before:
                return
            messages, moments = [], []

    def _hear(self, entry: Published, audience: Audience, *, desk: bool) -> None:
        """Tell what was published; whoever is concerned sends what follows from it."""
        audience.published(entry)
        if entry.stream != RECEIPTS.name:
            return
        event = ReceiptEvent.model_validate_json(entry.event)
        receipt, sent = event.data, self._sent.get(event.data.event_id or "")
        if sent is None:
            return
        code = f" {receipt.reasons[0].code}" if receipt.status == "refused" else ""
        self._answers.setdefault(sent.ballot_id, Counter())[receipt.status + code] += 1
        if receipt.status == "held" and desk and receipt.hold is not None:
            self._decide(sent, receipt.hold)
        elif receipt.status == "refused" and sent.mended is not None:
            self._mend(sent)

    def _decide(self, sent: Post, hold: int) -> None:
        """Decide on what is held, as who plays the desk: what is wrong goes back."""
        data: dict[str, Any] = {"ballot_id": sent.ballot_id, "hold": hold, "decision": "confirm"}
        if sent.mended is not None:
            data |= {"decision": "return", "reason": _RETURNED}
        event = self._cast.event("confirmation", f"{ID}decision-{hold}", sent.ballot_id, data)
        self._post(self._cast.signed(event, self._cast.keys.get(DESK), datetime.now(UTC)))

    def _mend(self, sent: Post) -> None:
        """Send what is right, as the centre that was refused, or to which it was returned."""
        event = {**sent.event, "id": f"{sent.event['id']}-mended", "data": sent.mended}
        mended = Post(0.0, event, sent.signer, sent.ballot_id, sent.mischief)
        self._sent[event["id"]] = mended
        self._post(self._cast.message(mended, datetime.now(UTC)))

    def _post(self, message: Submission) -> None:
        post(self.connection, self.election, [message.content], [message.signature])
        self._posted += 1

    def _asks_for_signatures(self) -> bool:
        head = read_register_head(self.connection, self.election)
        return head is not None and head.signatures == "required"

    def _left_out(self) -> frozenset[str]:
        """Return the contests of a rehearsal that is loaded already whose centres send, or have sent, themselves."""
        reading = read_at_once(self.connection, self.election, named=(REVISIONS,))
        declared = {each.split()[0] for each in reading.tables[REVISIONS]}
        keys = read_stored(self.connection, self.election).keys.values()
        manned = {
            ballot_id
            for key in keys
            if not key.retired and not key.person.startswith(PERSON)
            for ballot_id in key.contests or ()
        }
        return frozenset(declared | manned)

    def _expected(self, moments: list[float]) -> dict[str, datetime]:
        """Return when each contest is expected: when it is first to be sent, were nothing to go wrong."""
        now, night = datetime.now(UTC), max(moments, default=0.0)
        first = {
            post.ballot_id: moment for post, moment in reversed(list(zip(self._script.posts, moments, strict=True)))
        }
        expected = {
            ballot_id: now + timedelta(seconds=first.get(ballot_id, night)) for ballot_id in self.register.contests
        }
        late = [ballot_id for ballot_id, what in self._script.mischief.items() if what is Mischief.LATE]
        return expected | {ballot_id: now + timedelta(seconds=first[ballot_id] / 2) for ballot_id in late}

    def _enrol(self) -> None:
        enrolments = self._cast.enrolments(datetime.now(UTC))
        replies = list(send(self.connection, enrolments, [self.election] * len(enrolments), TIMEOUT_S))
        for _, reply in replies:
            if reply.receipt.data.status == "refused":
                raise RefusedError(f"A key was not enrolled: {reply.receipt.data.reasons[0].message}")
        if len(replies) < len(enrolments):
            raise NoReceiptError("Not every key was enrolled in time.")

    def _open_holds(self) -> tuple[int, ...]:
        holds = read_stored(self.connection, self.election).holds
        return tuple(place for place, hold in sorted(holds.items()) if hold.end is None)

    def _report(self) -> Report:
        results = read_table(self.connection, self.election, tables.RESULTS)
        answered = []
        for ballot_id, mischief in self._script.mischief.items():
            stored = results.get(ballot_id)
            votes = None
            if stored is not None:
                found = tables.RESULTS.read(stored).data
                votes = {one.candidate: one.votes for one in found.candidates if one.votes is not None}
            answered.append(
                Answered(
                    mischief=mischief.name.lower(),
                    what=mischief.value,
                    ballot_id=ballot_id,
                    contest=self.register.contests[ballot_id].name,
                    answers=dict(self._answers.get(ballot_id, {})),
                    as_it_should=votes == self._script.right.get(ballot_id),
                )
            )
        return Report(
            election=self.election,
            signed=self.operator is not None,
            centres=readiness(self.connection, self.election, ID),
            mischief=tuple(answered),
            held=self._open_holds(),
        )
