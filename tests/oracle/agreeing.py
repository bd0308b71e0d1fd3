"""One night through the services and through the recount, side by side, after every single entry."""

import json
from collections.abc import Iterator, Sequence
from itertools import chain

from tests.oracle.comparing import control_differences, result_differences, tally_differences
from tests.oracle.councils import certain_by_completions, certain_by_party, control
from tests.oracle.mischief import Night
from tests.oracle.playing import Stage, batches, ingest
from tests.oracle.recount import Heard, Json, hear
from tests.oracle.recount import result as by_most_votes
from tests.oracle.regions import changed, tallies, tally
from tests.oracle.systems.results import differences, waits
from tests.oracle.systems.winners import in_doubt

MOST_VOTES = ("first-past-the-post", "supplementary-vote")
SMALL = 5
"""Contests up to which every composition of a body is tried, not only every number of seats of each party."""


def ingested(night: Night, sizes: Sequence[int]) -> Stage:
    """Return ingest after the night, its entries taken in batches of the given sizes, with a death after each."""
    stage = ingest()
    for batch in batches([sent.raw for sent in night.sent], sizes):
        stage.take(batch)
        stage.restore()
    return stage


def statuses(stage: Stage) -> list[str]:
    """Return what ingest said of each message."""
    return [json.loads(receipt)["data"]["status"] for receipt in stage.written["receipts"]]


def told_what_stands(stage: Stage) -> list[int | None]:
    """Return of each message the revision that ingest said stands instead of it."""
    receipts = [json.loads(receipt)["data"] for receipt in stage.written["receipts"]]
    return [receipt["stands"] and receipt["stands"]["revision"] for receipt in receipts]


def parked(*stages: Stage) -> list[str]:
    """Return why entries were set aside, by any stage: a rule of ours failed."""
    lines = chain.from_iterable(stage.written.items() for stage in stages)
    return [json.loads(event)["data"]["reason"] for name, line in lines if "parked" in name for event in line]


def disagreements(stage: Stage, ledger: Sequence[bytes]) -> Iterator[str]:
    """Fold a ledger entry by entry and yield where what is published so far differs from the recount so far."""
    heard_so_far: list[Json] = []
    moments: list[Heard] = []
    tallied_at: dict[str, int] = {}
    latest: dict[str, dict[str, Json]] = {"result": {}, "tally": {}, "control": {}}
    for place, entry in enumerate(ledger, start=1):
        heard_so_far.append(json.loads(entry))
        said = [json.loads(raw) for _, raw in stage.take([entry])]
        for event in said:
            sort = event["type"].split(".")[1]
            if sort in latest:
                yield from _succession(event, latest[sort].get(event["subject"]))
                latest[sort][event["subject"]] = event
        heard = hear(heard_so_far)
        moments.append(heard)
        for event in said:
            if event["type"] == "tallywire.tally.v1":
                region = event["data"]["region"]
                recounted = changed(moments[tallied_at.get(region, 0) :], region)
                if event["data"]["changed"] != recounted:
                    yield f"{event['id']} was changed by {event['data']['changed']}, recounted {recounted}"
                tallied_at[region] = place - 1
        fresh = [event["data"] for event in said if event["type"] == "tallywire.result.v1"]
        yield from _progress(heard, moments[-2:][0], fresh)
        for result in fresh:
            yield from waits(heard, result["ballot_id"], result)
        published = {sort: {key: event["data"] for key, event in events.items()} for sort, events in latest.items()}
        for words in _compared(heard, published, group_ended=heard_so_far[-1].get("groupend", False)):
            yield f"after {place} entries: {words}"


def _succession(event: Json, before: Json | None) -> Iterator[str]:
    """Each result names the one it takes the place of; nothing is published that changes nothing."""
    if before is None:
        return
    if "supersedes" in event["data"] and (event["data"]["supersedes"] or {}).get("event_id") != before["id"]:
        yield f"{event['id']} takes the place of {event['data']['supersedes']}, not of {before['id']}"
    not_told = {"supersedes", "previous", "cause", "changed"}
    if event["data"].get("under_review", False) != before["data"].get("under_review", False):
        return
    told = (event["data"].keys() | before["data"].keys()) - not_told
    if all(before["data"].get(key) == event["data"].get(key) for key in told):
        yield f"{event['id']} says again what {before['id']} said"


def _progress(heard: Heard, before: Heard, fresh: Sequence[Json]) -> Iterator[str]:
    """A fresh result says how far each of its regions is, itself included.

    A constituency's says it before the region that depends on it is in doubt, or no longer: that result comes next.
    """
    for place, result in enumerate(fresh):
        for stated in result["progress"]:
            recounted = tally(heard, stated["region"])
            for later in fresh[place + 1 :]:
                if stated["region"] in later["regions"]:
                    one = later["ballot_id"]
                    recounted["under_review"] += (one in in_doubt(before)) - (one in in_doubt(heard))
            told = stated["declared"], stated["expected"], stated.get("under_review", 0)
            if told != (recounted["declared"], recounted["expected"], recounted["under_review"]):
                yield f"{result['ballot_id']} says of progress {stated}, recounted {recounted}"
        if {stated["region"] for stated in result["progress"]} != set(result["regions"]):
            yield f"{result['ballot_id']} tells of other regions than its own"


def _compared(heard: Heard, published: dict[str, dict[str, Json]], *, group_ended: bool) -> Iterator[str]:
    yield from result_faults(published["result"], heard)
    if group_ended:
        yield from _each(published["tally"], tallies(heard), tally_differences)
    states = {}
    for slug in heard.register["bodies"]:
        certain = certain_by_party(heard, slug)
        if len(heard.register["contests"]) <= SMALL and certain != certain_by_completions(heard, slug):
            yield f"the oracle disagrees with itself about {slug}"
        states[slug] = control(heard, slug, certain)
    yield from _each(published["control"], states, control_differences)


def result_faults(published: dict[str, Json], heard: Heard) -> Iterator[str]:
    """Yield where results differ from the recount; those by lists, stages and answers in what these have."""
    contests = heard.register["contests"]
    plain = {ballot for ballot in heard.standing if contests[ballot]["voting_system"] in MOST_VOTES}
    recounted = {ballot: by_most_votes(heard, ballot) for ballot in plain}
    others = {
        ballot: event for ballot, event in published.items() if contests[ballot]["voting_system"] not in MOST_VOTES
    }
    yield from _each({one: published[one] for one in published.keys() - others.keys()}, recounted, result_differences)
    expected: dict[str, Json] = {ballot: {"ballot_id": ballot} for ballot in heard.standing.keys() - plain}
    yield from _each(others, expected, lambda event, one: differences(heard, one["ballot_id"], event))


def _each(published: dict[str, Json], expected: dict[str, Json], compare) -> Iterator[str]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    for name in sorted(published.keys() ^ expected.keys()):
        yield f"{name} is {'published' if name in published else 'not published'}"
    for name in sorted(published.keys() & expected.keys()):
        yield from (f"{name}: {words}" for words in compare(published[name], expected[name]))


def differently_read(straight: Stage, other: Stage, events: Sequence[bytes], sizes: Sequence[int]) -> Iterator[str]:
    """Yield what comes out otherwise when the same events are cut into other batches, with a death after each."""
    for batch in batches(events, sizes):
        other.take(batch)
        other.restore()
    yield from _other(straight, other)


def _other(straight: Stage, cut: Stage) -> Iterator[str]:
    for stream in straight.written.keys() | cut.written.keys():
        if straight.written.get(stream) != cut.written.get(stream):
            yield f"{stream} depends on how it was read"
    for key in straight.records.keys() | cut.records.keys():
        if straight.records.get(key) != cut.records.get(key):
            yield f"what is stored as {key} depends on how it was read"
