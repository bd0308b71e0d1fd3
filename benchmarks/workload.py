"""What is measured with: a synthetic election, its declarations, and what must have become of them.

Every declaration changes the votes of a contest, so every one must become exactly one headline about a seat. When all
contests are declared one more headline says so.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, cast

from pydantic_core import to_json
from redis import Redis

from benchmarks.rounds import Round
from schemas.declaration import Declaration
from schemas.events import DeclarationEvent, KeyEvent, RegisterEvent, SendableEvent
from schemas.key import Key
from schemas.register import Baseline, Baselines, Candidate, Contest, Holder, Party, Register
from streams.keys import CATALOGUE, Partition
from tallywire.client.signing import SigningKey, completed

CONTESTS: Final = 100
DECLARATIONS_MAX: Final = 900 * CONTESTS
"""A contest has 999 revisions at most."""

CANDIDATES: Final = ("candidate-1", "candidate-2", "candidate-3")
"""Of each contest, as in most real ones. A declaration then has 270 bytes."""

DAY: Final = "2030-05-02"
ELECTION: Final = f"local.synthetic.{DAY}"
KEYS: Final = Partition(ELECTION)

LOOK_S: Final = 0.01
"""Between two looks at how far the services are."""

CHUNK: Final = 1_000
"""Entries posted or read at once."""

EVENT: Final = b'{"specversion"'
"""How an event begins; FastStream puts headers of its own before what it publishes."""

Entries = list[tuple[bytes, dict[bytes, bytes]]]
"""Entries as the client returns them: id and fields."""


def subject(number: int) -> tuple[str, int]:
    """Return ballot and revision of the ``number``-th declaration: every contest in turn, from 0."""
    return f"local.synthetic.ward-{number % CONTESTS}.{DAY}", number // CONTESTS + 1


def register(operator_key: str | None = None) -> bytes:
    """Return the event that opens the election; with an operator's key it asks for signatures."""
    parties = {f"party-{name}": Party(name=name, spoken=name, abbreviation=name) for name in CANDIDATES}
    held = Baseline(seats=(Holder(party=next(iter(parties))),))
    contests = {
        subject(number)[0]: Contest(
            name=f"Synthetic ward {number}",
            office="councillor",
            voting_system="first-past-the-post",
            seats=1,
            candidates={name: Candidate(name=name, party=f"party-{name}") for name in CANDIDATES},
            regions=(),
            electorate=None,
            baseline=Baselines(previous_election=held, sitting=held),
            past_winners=None,
        )
        for number in range(CONTESTS)
    }
    name = f"Synthetic election of {CONTESTS} wards"
    signing: dict[str, Any] = {} if operator_key is None else {"signatures": "required", "operator_key": operator_key}
    data = Register(election=ELECTION, name=name, parties=parties, regions={}, contests=contests, **signing)
    return _as_sent(RegisterEvent(id="register", source="/synthetic", subject=ELECTION, data=data))


def _as_sent(event: SendableEvent) -> bytes:
    """Return an event as a sender writes it: only what it states.

    An older release, which refuses every field that it does not know, can so be measured beside ours.
    """
    head = {"specversion": event.specversion, "type": event.type}
    return to_json(head | event.model_dump(mode="json", exclude_unset=True))


def votes(number: int) -> dict[str, int]:
    """Return the votes of the ``number``-th declaration: the same winner by other figures each time."""
    return dict(zip(CANDIDATES, (2_000 + number // CONTESTS, 1_000 + number % 7, 20), strict=True))


def declaration(number: int) -> bytes:
    """Return the ``number``-th declaration, counted from 0."""
    ballot, revision = subject(number)
    data = Declaration(ballot_id=ballot, revision=revision, votes=votes(number))
    return _as_sent(DeclarationEvent(id=str(number), source="/synthetic", subject=ballot, data=data))


def events(declarations: int) -> Iterator[bytes]:
    """Yield the register, then so many declarations."""
    yield register()
    yield from map(declaration, range(declarations))


def enrolment(key: SigningKey) -> bytes:
    """Return the event that enrols a council's system, which may declare every contest."""
    data = Key(key_id=key.key_id, public_key=key.public_key, person="synthetic-system", role="service", mode="live")
    return _as_sent(KeyEvent(id="enrolment", source="/synthetic", subject=key.key_id, data=data))


def signed(event: bytes, key: SigningKey) -> dict[str, bytes | str]:
    """Return the fields of an entry that holds a signed event."""
    content = completed(event, ELECTION)
    return {"data": content, "signature": key.sign(content)}


def entries(declarations: int, *, sign: bool = False) -> Iterator[dict[Any, Any]]:
    """Yield the register, then so many declarations; signed, with the key between them, where that is wanted."""
    if not sign:
        yield from ({"data": event} for event in events(declarations))
        return
    operator, system = SigningKey.draw(), SigningKey.draw()
    yield signed(register(operator.public_key), operator)
    yield signed(enrolment(system), operator)
    yield from (signed(declaration(number), system) for number in range(declarations))


def post(client: Redis, declarations: int, *, sign: bool = False) -> None:
    """Post the register and so many declarations. No service reads them before the election is opened."""
    pipeline = client.pipeline(transaction=False)
    for fields in entries(declarations, sign=sign):
        pipeline.xadd(KEYS.key("declarations"), fields)
        if len(pipeline) == CHUNK:
            pipeline.execute()
    pipeline.execute()


def open_election(client: Redis) -> None:
    """Name the election in the catalogue: the services begin with what has been posted."""
    client.xadd(CATALOGUE, {"election": ELECTION})


def wait_for_headlines(client: Redis, declarations: int) -> None:
    """Wait until so many declarations have become headlines.

    Raises:
        TimeoutError: they have not at a fiftieth of the usual speed.
    """
    deadline_s = 60 + declarations / 100
    deadline = time.monotonic() + deadline_s
    all_declared = declarations >= CONTESTS
    while (found := client.xlen(KEYS.key("headlines")) - all_declared) < declarations:
        if time.monotonic() > deadline:
            message = f"{found:,} headlines about seats after {deadline_s:.0f} s, {declarations:,} expected"
            raise TimeoutError(message)
        # Not a blocking read: it would wake with every commit, on the cores that are measured.
        time.sleep(LOOK_S)


def judged(client: Redis, declarations: int, seconds: float) -> Round:
    """Return a round, with every headline held against what was declared, and the last tally recounted."""
    found = Counter(_headlines(client))
    expected = {subject(number) for number in range(declarations)}
    missing = sum(one not in found for one in expected)
    doubled = found.total() - (len(expected) - missing)
    return Round(declarations, seconds, missing, doubled, _tally(client) == _recounted(declarations))


def _headlines(client: Redis) -> Iterator[tuple[str, int]]:
    """Yield ballot and revision of each headline that is about a contest."""
    after = "-"
    while entries := cast("Entries", client.xrange(KEYS.key("headlines"), min=after, count=CHUNK)):
        for _, fields in entries:
            # FastStream calls the field otherwise.
            data = _data(next(iter(fields.values())))
            if data["ballot_id"] is not None:
                yield data["ballot_id"], data["revision"]
        after = f"({entries[-1][0].decode()}"


def _tally(client: Redis) -> dict[str, int]:
    """Return the votes of each party in the last tally of all contests, and how many contests it counts."""
    stored = cast("bytes | None", client.hget(KEYS.key("standing:tallies"), "uk"))
    if stored is None:
        return {}
    tally = _data(stored)
    return {"contests": tally["declared"]} | {party: count["votes"] for party, count in tally["parties"].items()}


def _recounted(declarations: int) -> dict[str, int]:
    standing = range(max(0, declarations - CONTESTS), declarations)
    counted: Counter[str] = Counter()
    for number in standing:
        counted.update({f"party-{name}": count for name, count in votes(number).items()})
    return {"contests": len(standing), **counted}


def _data(event: bytes) -> Any:  # noqa: ANN401  # any JSON
    return json.loads(event[event.index(EVENT) :])["data"]
