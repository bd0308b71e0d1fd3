"""What a tool's line has said, held against what was sent."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from redis import Redis

from benchmarks.workload import KEYS, USUAL, declaration, register
from services.aggregate.rules.standing import TALLIES

BEGIN: Final = b'{"specversion"'
"""How an event begins; FastStream puts headers of its own before what it publishes."""

Entries = list[tuple[bytes, dict[bytes, bytes]]]


@dataclass(frozen=True, slots=True)
class Said:
    """What became of the declarations sent."""

    missing: int
    """Declarations without a headline."""
    doubled: int
    """Headlines beyond the first of each."""
    out_of_order: int
    """First headlines of a revision that came after one of a later revision of the same contest."""
    tally_right: bool
    """Whether the last tally counts the last revision of each contest, and each once."""
    seconds: float
    """From the first ledger entry to the last headline, by the server's clock."""

    @property
    def exact(self) -> bool:
        """Whether every declaration had its effect once, in order."""
        return self.tally_right and not (self.missing or self.doubled or self.out_of_order)


def said(client: Redis, declarations: int) -> Said:
    """Look at what lies on the server."""
    headlines = cast("Entries", client.xrange(KEYS.key("headlines")))
    expected = {USUAL.subject(number) for number in range(declarations)}
    found: Counter[tuple[str, int]] = Counter()
    latest: dict[str, int] = {}
    out_of_order = 0
    for ballot, revision in _subjects(headlines):
        out_of_order += not found[ballot, revision] and revision < latest.get(ballot, 0)
        latest[ballot] = max(revision, latest.get(ballot, 0))
        found[ballot, revision] += 1
    missing = sum(not found[subject] for subject in expected)
    return Said(
        missing=missing,
        doubled=found.total() - (len(expected) - missing),
        out_of_order=out_of_order,
        tally_right=_tallied(client) == _expected_tally(declarations),
        seconds=_seconds(client),
    )


def _subjects(headlines: Entries) -> Iterator[tuple[str, int]]:
    """Yield ballot and revision of each headline about a seat."""
    for _, fields in headlines:
        # Whatever the tool calls the field.
        data = _data(next(iter(fields.values())))
        if data["ballot_id"] is not None:
            yield data["ballot_id"], data["revision"]


def _seconds(client: Redis) -> float:
    first = cast("Entries", client.xrange(KEYS.key("ledger"), count=1))
    last = cast("Entries", client.xrevrange(KEYS.key("headlines"), count=1))
    ends_ms = [int(entry_id.partition(b"-")[0]) for entry_id, _ in (*first, *last)]
    # Ids have no finer clock than a millisecond; and where nothing was said there is one end only.
    return max(ends_ms[-1] - ends_ms[0], 1) / 1_000


def _tallied(client: Redis) -> dict[str, int]:
    tally = cast("bytes | None", client.hget(KEYS.key(TALLIES), "uk"))
    if tally is None:
        return {}
    data = _data(tally)
    return {"contests": data["declared"]} | {party: count.get("votes", 0) for party, count in data["parties"].items()}


def _expected_tally(declarations: int) -> dict[str, int]:
    contests = _data(register())["contests"]
    standing = {USUAL.subject(number)[0]: number for number in range(declarations)}
    votes: Counter[str] = Counter()
    for ballot, number in standing.items():
        for candidate, count in _data(declaration(number))["votes"].items():
            votes[contests[ballot]["candidates"][candidate]["party"]] += count
    return {"contests": len(standing)} | votes


def _data(event: bytes) -> Any:  # noqa: ANN401  # any JSON
    return json.loads(event[event.index(BEGIN) :])["data"]
