"""How many examples had what: an oracle that never meets a tie says nothing about ties."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from tests.oracle.councils import certain_by_party, undescribed
from tests.oracle.mischief import Night
from tests.oracle.recount import BASELINES, Heard, Json, elected_by, flow, hear, result

EXAMPLES: Final = "examples"
SEEN: Final[Counter[str]] = Counter()
"""Examples by what they had, over the whole run; ``examples`` counts them all."""

AT_LEAST_PER_CENT: Final = {
    "tie decided by lot": 8,
    "votes transferred": 5,
    "leader of round one loses": 0.8,
    "final round only": 1,
    "several seats": 25,
    "ambiguous flow": 10,
    "fewer elected than seats": 7,
    "sitting member defeated": 14,
    "called like another contest": 14,
    "gain": 30,
    "hold": 15,
    "win": 10,
    "unknown baseline": 9,
    "notional baseline": 12,
    "independent follows independent": 4,
    "joint description elected": 7,
    "speaker elected": 7,
    "no overall control": 20,
    "clinched": 3,
    "holder lost early": 10,
    "control gained": 4,
    "control held": 0.5,
    "control lost": 15,
    "seats not up": 16,
    "vacant seat": 12,
    "seat not described": 5,
    "papers that differ": 4,
    "turnout.beyond_limits": 1,
    "winner.changed": 1,
    "correction": 20,
    "winner changed": 6,
    "withdrawal": 9,
    "recount": 5,
    "flash": 4,
    "progress": 1.5,
    "postponed": 9,
    "annulled": 4,
    "uncontested": 3,
    "withdrawn and declared again": 1.2,
    "amendment": 18,
    "amendment refused": 0.9,
    "repeat": 20,
    "conflict": 8,
    "impossible": 8,
    "out of order": 10,
    "local counts": 4,
    "by-election": 20,
    "under review": 10,
    "review ended": 5,
    "correction confirmed": 5,
}
"""What has to be met, and in how many of a hundred examples at least: half of what was measured, or less."""


def note(night: Night, verdicts: Sequence[str], ledger: Sequence[Json], with_holds: Sequence[Json]) -> None:
    """Count one example under everything that it had, what waited for a second person apart and then with that."""
    heard = hear(ledger)
    seen = {*_sent(night, verdicts), *_said(heard, ledger), *_contests(heard), *_councils(ledger)}
    SEEN.update({EXAMPLES, *seen, *_waited(with_holds)})


def report() -> Iterator[str]:
    """Yield a line for each kind: how many examples had it, and how many of a hundred."""
    examples = SEEN[EXAMPLES]
    for kind, _ in sorted(AT_LEAST_PER_CENT.items(), key=lambda row: -SEEN[row[0]]):
        yield f"{SEEN[kind]:>8,}  {100 * SEEN[kind] / examples:>5.1f} %  {kind}"


def hardly_there() -> list[str]:
    """Return the kinds that too few examples had."""
    return [kind for kind, least in AT_LEAST_PER_CENT.items() if 100 * SEEN[kind] < least * SEEN[EXAMPLES]]


def _sent(night: Night, verdicts: Sequence[str]) -> Iterator[str]:
    for sent, verdict in zip(night.sent, verdicts, strict=True):
        if verdict == "duplicate":
            yield "repeat"
        elif not sent.possible:
            yield "impossible"
        elif verdict == "refused":
            yield "amendment refused" if b"tallywire.amendment.v1" in sent.raw else "conflict"


def _said(heard: Heard, ledger: Sequence[Json]) -> Iterator[str]:
    """What messages were taken, whether they stand or not."""
    lines: dict[str, list[Json]] = {}
    for event in ledger[1:]:
        if event["type"] == "tallywire.amendment.v1":
            yield "amendment"
        else:
            lines.setdefault(event["data"]["ballot_id"], []).append(event["data"])
    for ballot, messages in lines.items():
        contest = heard.register["contests"][ballot]
        revisions = [said["revision"] for said in messages]
        if revisions != sorted(revisions):
            yield "out of order"
        story = [said for place, said in enumerate(messages) if revisions[place] == max(revisions[: place + 1])]
        counts = [said for said in story if said["kind"] == "declared"]
        kinds = [said["kind"] for said in story]
        yield from (_NAMES[kind] for kind in kinds if kind in _NAMES)
        if len(counts) > 1:
            yield "correction"
            if len({frozenset(elected_by(contest, said)[0]) for said in counts}) > 1:
                yield "winner changed"
        if "withdrawn" in kinds and "declared" in kinds[kinds.index("withdrawn") :]:
            yield "withdrawn and declared again"


def _waited(ledger: Sequence[Json]) -> Iterator[str]:
    """Yield what became of declarations that waited for a second person."""
    before: set[str] = set()
    for length in range(1, len(ledger) + 1):
        now = {*hear(ledger[:length]).under_review()}
        yield from ("under review",) * bool(now - before)
        if before - now:
            yield "correction confirmed" if "confirmedby" in ledger[length - 1] else "review ended"
        before = now


_NAMES: Final = {
    "withdrawn": "withdrawal",
    "recount": "recount",
    "flash": "flash",
    "progress": "progress",
    "postponed": "postponed",
    "countermanded": "postponed",
    "annulled": "annulled",
    "uncontested": "uncontested",
}


def _contests(heard: Heard) -> Iterator[str]:
    """What the contests that count were like in the end."""
    for ballot in heard.counted():
        contest, said = heard.register["contests"][ballot], heard.standing[ballot]
        winners, by_lot = elected_by(contest, said)
        yield from ("tie decided by lot",) * by_lot
        yield from ("by-election",) * (".by." in ballot)
        yield from ("several seats",) * (contest["seats"] > 1)
        yield from ("fewer elected than seats",) * (len(winners) < contest["seats"])
        losers = contest["candidates"].keys() - winners
        yield from ("sitting member defeated",) * any(contest["candidates"][one].get("sitting") for one in losers)
        alike = [one for one in heard.register["contests"].values() if one["name"] == contest["name"]]
        yield from ("called like another contest",) * (len(alike) > 1)
        yield from ("local counts",) * bool(said.get("areas"))
        noted = dict(result(heard, ballot)["notes"])
        yield from ("papers that differ",) * ("papers.differ" in noted)
        yield from (code for code in noted if code in AT_LEAST_PER_CENT)
        if said.get("final_round"):
            yield "votes transferred"
            leaders = [name for name, votes in said["votes"].items() if votes == max(said["votes"].values())]
            yield from ("leader of round one loses",) * winners.isdisjoint(leaders)
            yield from ("final round only",) * (len(said["votes"]) < len(contest["candidates"]))
        elected = {contest["candidates"][winner]["party"] for winner in winners}
        yield from ("joint description elected",) * ("joint-party:53-119" in elected)
        yield from ("speaker elected",) * ("ynmp-party:12522" in elected)
        for name in BASELINES:
            found = flow(heard, ballot, winners, name)
            if found is None:
                yield "unknown baseline"
            else:
                yield str(found["change"])
                yield from ("ambiguous flow",) * found["ambiguous"]
                yield from ("notional baseline",) * found["notional"]
                yield from ("independent follows independent",) * found["holder_changed"]


def _councils(ledger: Sequence[Json]) -> Iterator[str]:
    """What became of the councils in the course of the night."""
    for length in range(1, len(ledger) + 1):
        heard = hear(ledger[:length])
        for slug, body in heard.register["bodies"].items():
            certain = certain_by_party(heard, slug)
            up = [ballot for ballot, contest in heard.register["contests"].items() if contest["body"] == slug]
            open_ = set(up) - {*heard.counted(), *heard.without_result()}
            holder = body["control_before"]
            holder = holder if holder in (None, "NOC") else heard.main(holder)
            yield from ("seats not up",) * any(body["not_up"].values())
            yield from ("vacant seat",) * (body["vacant"] > 0)
            yield from ("seat not described",) * (undescribed(heard, slug) > 0)
            if length == 1:
                continue
            yield from ("clinched",) * bool(open_ and certain.now not in (None, "NOC"))
            yield from ("holder lost early",) * bool(open_ and certain.holder_lost)
            yield from ("no overall control",) * (certain.now == "NOC")
            yield from ("control lost",) * certain.holder_lost
            if holder is not None and certain.now not in (None, "NOC"):
                yield "control held" if certain.now == holder else "control gained"


def taken(ledger: Sequence[bytes]) -> list[Json]:
    """Return ledger entries as the recount reads them."""
    return [json.loads(entry) for entry in ledger]
