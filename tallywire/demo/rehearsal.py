"""A rehearsal: a night is played as the election ``rehearsal.ID``, with mischief, and every answer is looked at."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final, Protocol, TypeVar

from schemas import tables
from schemas.events import ReceiptEvent
from schemas.register import Register
from schemas.rehearsals import rehearsal_of
from schemas.streams import RECEIPTS
from tallywire.client.connection import Connection, open_connection
from tallywire.client.errors import NoReceiptError, RefusedError
from tallywire.client.follow import AWAY, RETRY_S, Follower, Published
from tallywire.client.messages import register_event
from tallywire.client.post import post, send
from tallywire.client.progress import alive
from tallywire.client.signing import SigningKey
from tallywire.client.snapshot import read_register_head, read_table
from tallywire.client.submissions import Submission, signed
from tallywire.demo.cast import PERSON, Cast
from tallywire.demo.folder import demo_folder
from tallywire.demo.night import PUBLISHED, server_at, services_at, signals
from tallywire.demo.playback import play
from tallywire.demo.script import DESK, ID, Mischief, Post, Script, rehearsal_register, write_script
from tallywire.desk.readiness import Centre, State, readiness
from tallywire.desk.stored import read_stored
from tallywire.embedded.supervisor import SERVICES
from tallywire.packs.pack import Pack

TIMEOUT_S: Final = 60.0
"""How long the register and the keys may wait for their receipts."""

Answer = TypeVar("Answer")

_DECLARED: Final[frozenset[State]] = frozenset({"ready", "own key missing"})
"""How far a centre is whose declaration was taken."""

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

    def away(self) -> None:
        """Called when the server cannot be reached, and is waited for."""
        ...

    def back(self) -> None:
        """Called when it can be reached again."""
        ...


def rehearse(pack: Pack, wish: Wish, audience: Audience) -> Report:
    """Play a pack as a rehearsal; one that was cut goes on: what was sent before is sent again, and is a duplicate.

    A server that was named is waited for while it is away.

    Raises:
        NoServerError: the server cannot be reached at the beginning, or one of its own failed, or a service.
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
        night = _Night(connection, pack, None if wish.unsigned else operator, audience, patient=wish.url is not None)
        audience.begins(night.register, address, wish)
        return night.play(wish)


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
            _load(connection, election, _register_message(rehearsal_register(pack), operator, {}), operator)
        return election, readiness(connection, election, ID)


@contextmanager
def _services(connection: Connection, url: str, log: Path) -> Iterator[None]:
    """Run the services, unless they run on the server already."""
    with ExitStack() as stack:
        if not all(alive(connection, service) for service in SERVICES):
            stack.enter_context(services_at(url, log))
        yield


def _register_message(
    value: dict[str, Any], operator: SigningKey | None, expected: Mapping[str, datetime]
) -> Submission:
    """Return the message that loads the register of a rehearsal.

    Args:
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
    return signed(Submission("", content), register.election, operator)


def _load(connection: Connection, election: str, message: Submission, operator: SigningKey | None) -> None:
    """Load a register.

    Raises:
        NoReceiptError: it is not answered.
        RefusedError: it is refused.
    """
    announce = partial(connection.announce, operator=None if operator is None else operator.key_id)
    for _, reply in send(connection, [message], [election], TIMEOUT_S, announce=announce):
        if reply.receipt.data.status == "refused":
            raise RefusedError(f"The register was refused: {reply.receipt.data.reasons[0].message}")


@dataclass(frozen=True, slots=True)
class _Due:
    """A message of the script that is still to be sent."""

    at: float
    """When, in seconds from the beginning of `play`."""
    event_id: str
    message: Submission


@dataclass(slots=True)
class _Night:
    """A rehearsal that is played."""

    connection: Connection
    pack: Pack
    operator: SigningKey | None
    audience: Audience
    patient: bool
    """Whether a server that is away is waited for."""
    register: Register = field(init=False)
    _script: Script = field(init=False)
    _cast: Cast = field(init=False)
    _sent: dict[str, Post] = field(default_factory=dict)
    """What is sent, by event id."""
    _answers: dict[str, Counter[str]] = field(default_factory=dict)
    """What came of it, by ballot id."""
    _heard: set[str] = field(default_factory=set)
    """Ids of what has been answered."""
    _followed: dict[str, Submission] = field(default_factory=dict)
    """Messages sent because of what came of others, and not answered yet, by event id."""
    _posted: int = 0
    """How many of them were sent."""
    _away: bool = False
    """Whether the server was away, so that what was sent may never have reached it."""

    def __post_init__(self) -> None:
        value = rehearsal_register(self.pack)
        self.register = Register.model_validate_json(json.dumps(value))

    @property
    def election(self) -> str:
        """The id of the rehearsal."""
        return self.register.election

    def play(self, wish: Wish) -> Report:
        """Play it, and return how it went."""
        loaded = self._patiently(lambda: self.election in self.connection.elections())
        if loaded and self._patiently(self._asks_for_signatures) != (self.operator is not None):
            raise RefusedError(
                f"{self.election} is loaded and asks for signatures: give the operator's key with --key."
                if self.operator is None
                else f"{self.election} is loaded and asks for no signatures: leave the key out."
            )
        left_out = self._patiently(self._left_out) if loaded else frozenset[str]()
        self._script = write_script(self.pack, left_out, signed=self.operator is not None)
        played = (*(each.ballot_id for each in self._script.posts), *self._script.mischief)
        self._cast = Cast.draw(self.election, self.operator, played, self.register.contests, wish.keys)
        moments = self._script.moments(wish.speed)
        if not loaded:
            value = rehearsal_register(self.pack)
            register = _register_message(value, self.operator, self._expected(moments))
            self._patiently(lambda: _load(self.connection, self.election, register, self.operator))
        self._enrol()
        self._sent = {str(each.event["id"]): each for each in self._script.posts}
        follower = Follower(self.connection.servers)
        for stream in PUBLISHED:
            follower.add(self.election, stream.name, self._patiently(partial(self._last_id, stream.name)))
        messages = self._cast.messages(self._script.posts, moments)
        due = [
            _Due(at, str(each.event["id"]), message)
            for at, each, message in zip(moments, self._script.posts, messages, strict=True)
        ]
        self._until_settled(follower, due, desk=wish.keys is None)
        if wish.keys is not None and (holds := self._open_holds()):
            self.audience.waits(holds)
            while self._open_holds():
                for entry in self._patiently(lambda: follower.read(1.0)):
                    self._hear(entry, desk=False)
            # What was returned or rejected last is still to be mended.
            self._until_settled(follower, [], desk=False)
        return self._patiently(self._report)

    def _patiently(self, ask: Callable[[], Answer]) -> Answer:
        """Return what the server answers; while it is away it is waited for, and asked again."""
        while True:
            try:
                return ask()
            except AWAY:
                if not self.patient:
                    raise
                self._await_server()

    def _await_server(self) -> None:
        told = False
        while True:
            try:
                self.connection.servers.look()
                self._last_id(RECEIPTS.name)
            except AWAY:
                if not told:
                    self.audience.away()
                told = True
                sleep(RETRY_S)
            else:
                break
        if told:
            self.audience.back()

    def _last_id(self, stream: str) -> str:
        return self.connection.last_id(self.election, stream)

    def _until_settled(self, follower: Follower, due: Sequence[_Due], *, desk: bool) -> None:
        """Play messages, and all that is sent because of what came of them.

        After the server was away, everything that was not answered is sent again.
        """
        while True:
            before, began = self._posted, monotonic()
            try:
                messages, moments = [each.message for each in due], [each.at for each in due]
                for entry in play(self.connection, self.election, follower, messages, moments):
                    self._hear(entry, desk=desk)
            except AWAY:
                if not self.patient:
                    raise
                self._away = True
            if self._away:
                lost_at = monotonic() - began
                self._await_server()
                self._away = False
                for entry in self._patiently(lambda: follower.read(0)):
                    self._hear(entry, desk=desk)
                passed = monotonic() - began
                due = [
                    replace(each, at=max(0.0, each.at - passed))
                    for each in due
                    if each.at > lost_at or each.event_id not in self._heard
                ]
                for message in list(self._followed.values()):
                    self._post(message)
            elif self._posted == before:
                return
            else:
                due = ()

    def _hear(self, entry: Published, *, desk: bool) -> None:
        """Tell what was published; whoever is concerned sends what follows from it."""
        self.audience.published(entry)
        if entry.stream != RECEIPTS.name:
            return
        event = ReceiptEvent.model_validate_json(entry.event)
        receipt, event_id = event.data, event.data.event_id or ""
        self._heard.add(event_id)
        self._followed.pop(event_id, None)
        sent = self._sent.get(event_id)
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
        self._follow(event, self._cast.signed(event, self._cast.keys.get(DESK), datetime.now(UTC)))

    def _mend(self, sent: Post) -> None:
        """Send what is right, as the centre that was refused, or to which it was returned."""
        event = {**sent.event, "id": f"{sent.event['id']}-mended", "data": sent.mended}
        mended = Post(0.0, event, sent.signer, sent.ballot_id, sent.mischief)
        self._sent[event["id"]] = mended
        self._follow(event, self._cast.message(mended, datetime.now(UTC)))

    def _follow(self, event: Mapping[str, Any], message: Submission) -> None:
        """Send a message because of what came of another."""
        self._followed[str(event["id"])] = message
        self._post(message)

    def _post(self, message: Submission) -> None:
        self._posted += 1
        try:
            post(self.connection, self.election, [message.content], [message.signature])
        except AWAY:
            if not self.patient:
                raise
            self._away = True

    def _asks_for_signatures(self) -> bool:
        head = read_register_head(self.connection, self.election)
        return head is not None and head.signatures == "required"

    def _left_out(self) -> frozenset[str]:
        """Return the contests of a rehearsal that is loaded already whose centres send, or have sent, themselves."""
        # What the rehearsal has sent itself is sent again: it may have been cut before the night was over.
        centres = readiness(self.connection, self.election, ID)
        declared = {each.ballot_id for each in centres if each.state in _DECLARED and not each.played}
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
        enrolled = self._patiently(lambda: read_stored(self.connection, self.election)).keys
        enrolments = self._cast.enrolments(enrolled, datetime.now(UTC))
        elections = [self.election] * len(enrolments)
        replies = self._patiently(lambda: list(send(self.connection, enrolments, elections, TIMEOUT_S)))
        for _, reply in replies:
            if reply.receipt.data.status == "refused":
                raise RefusedError(f"A key was not enrolled: {reply.receipt.data.reasons[0].message}")
        if len(replies) < len(enrolments):
            raise NoReceiptError("Not every key was enrolled in time.")

    def _open_holds(self) -> tuple[int, ...]:
        holds = self._patiently(lambda: read_stored(self.connection, self.election)).holds
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
