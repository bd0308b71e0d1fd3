"""What must hold of headlines whatever their words: one for each result, none twice, none too early."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.oracle.recount import Json

OF_SEATS: Final = {
    *("gain", "hold", "win", "elected", "uncontested", "flash", "progress", "recount", "postponed", "annulled"),
    *("withdrawal", "correction"),
}
"""Each result has exactly one of these."""
FURTHER: Final = {"first_time", "incumbent_defeated"}
"""Said of a contest, once, while the same people are elected."""
OF_BODIES: Final = {"clinched", "control_gained", "control_held", "control_lost", "no_overall_control"}
OF_REGIONS: Final = {"region_complete", "all_declared"}
PREFIXES: Final = {"correction": "CORRECTION: ", "withdrawal": "WITHDRAWN: ", "flash": "FLASH"}
"""How these begin, and no others."""
BY_LIFE: Final = {
    "flash": "flash",
    "uncontested": "uncontested",
    "progress": "progress",
    "recount": "recount",
    "withdrawn": "withdrawal",
    "postponed": "postponed",
    "countermanded": "postponed",
    "annulled": "annulled",
}
"""What the first message about a contest is headed, by its kind; a declared result by its outcome."""


def headline_faults(results: Sequence[bytes], headlines: Sequence[bytes]) -> Iterator[str]:
    """Yield what is wrong with the headlines that follow from a stream of results and states of control."""
    causes = {event["id"]: event for event in map(json.loads, results)}
    said = [json.loads(headline) for headline in headlines]
    if len({headline["id"] for headline in said}) < len(said):
        yield "two headlines have one id"
    if len(causes) < len(results):
        yield "two results have one id"
    for headline in said:
        yield from _from_its_cause(headline, causes)
    about: dict[str, list[Json]] = {cause: [] for cause in causes}
    for headline in said:
        about[headline["data"]["result_id"]].append(headline["data"])
    yield from _one_of_each_result(causes, about)
    yield from _control(causes, about)
    yield from _further(causes, about)
    yield from _regions(causes, said)


def _from_its_cause(headline: Json, causes: Mapping[str, Json]) -> Iterator[str]:
    data = headline["data"]
    cause = causes.get(data["result_id"])
    if cause is None:
        yield f"{data['text']!r} follows from nothing"
        return
    if (headline.get("time"), headline["test"]) != (cause.get("time"), cause["test"]):
        yield f"{data['text']!r} has another time or another earnest than its cause"
    for kind, prefix in PREFIXES.items():
        if data["text"].startswith(prefix) != (data["kind"] == kind):
            yield f"{data['text']!r} is of kind {data['kind']}"
    if data["text"] != data["text"].strip() or "  " in data["text"] or "None" in data["text"] + data["detail"]:
        yield f"{data['text']!r}, {data['detail']!r} is no English"


def _one_of_each_result(causes: Mapping[str, Json], about: Mapping[str, list[Json]]) -> Iterator[str]:
    heard_of = set()
    for cause, event in causes.items():
        if event["type"] != "tallywire.result.v1":
            continue
        result = event["data"]
        seat = [data for data in about[cause] if data["kind"] in OF_SEATS and data["ballot_id"] == result["ballot_id"]]
        if len(seat) != 1:
            yield f"{cause} has {len(seat)} headlines of its seat: {seat}"
        elif result["ballot_id"] not in heard_of:
            outcome = result["outcomes"][result["headline_baseline"]]
            expected = BY_LIFE.get(result["kind"]) or (outcome["change"] if outcome else "elected")
            if seat[0]["kind"] != expected:
                yield f"{cause} is headed as {seat[0]['kind']}, not as {expected}"
        elif result["kind"] == "withdrawn" and _takes_back(result) and seat[0]["kind"] != "withdrawal":
            yield f"{cause} withdraws, and is headed as {seat[0]['kind']}"
        heard_of.add(result["ballot_id"])


def _takes_back(result: Json) -> bool:
    """Whether there was something else before: neither the same, amended, nor an earlier withdrawal."""
    return result["supersedes"] is not None and result["supersedes"]["kind"] != "withdrawn"


def _control(causes: Mapping[str, Json], about: Mapping[str, list[Json]]) -> Iterator[str]:
    """Clinched is said of the state that is the first to be certain, and of no other; nothing is said twice."""
    before: dict[str, Json] = {}
    last_said: dict[str, str] = {}
    for cause, event in causes.items():
        if event["type"] != "tallywire.control.v1":
            continue
        state = event["data"]
        body = state["body"]
        kinds = Counter(data["kind"] for data in about[cause])
        if not _clinched_in_time(state, before.get(body), kinds):
            yield f"{cause}: said {dict(kinds)}, now {state['now']}, before {before.get(body)}"
        if kinds["control_lost"] and not state["holder_lost"]:
            yield f"{cause}: said to be lost, and is not"
        for data in about[cause]:
            if data["kind"] in OF_BODIES:
                if last_said.get(body) == data["text"]:
                    yield f"{cause}: {data['text']!r} is said again"
                last_said[body] = data["text"]
            elif data["kind"] == "correction":
                last_said.pop(body, None)
        before[body] = state


def _clinched_in_time(state: Json, was: Json | None, kinds: Counter[str]) -> bool:
    """Whether clinched is said exactly when it became certain; where another was certain before, it is a correction."""
    if state["cause"] is None or state["now"] in (None, "NOC"):
        return kinds["clinched"] == 0
    if state["before"] is None:
        # At the end there is neither gain nor hold to tell of then, and clinched may be said instead.
        return kinds["clinched"] <= 1
    if state["final"] or (was is not None and was["now"] == state["now"]):
        return kinds["clinched"] == 0
    certain_before = was is not None and was["now"] is not None
    # A landmark that holds no longer is taken back beside it, as a correction of its own.
    return kinds["clinched"] == 1 or (certain_before and kinds["correction"] >= 1)


def _further(causes: Mapping[str, Json], about: Mapping[str, list[Json]]) -> Iterator[str]:
    """A further headline is not repeated while the same people are elected."""
    made: dict[str, set[tuple[str, str]]] = {}
    elected: dict[str, set[str]] = {}
    for cause, event in causes.items():
        if event["type"] != "tallywire.result.v1":
            continue
        ballot, now = event["subject"], set(event["data"]["elected"])
        if elected.get(ballot) != now:
            made[ballot] = set()
        elected[ballot] = now
        for data in about[cause]:
            if data["kind"] in FURTHER:
                if (data["kind"], data["text"]) in made[ballot]:
                    yield f"{cause}: {data['text']!r} is said again"
                made[ballot].add((data["kind"], data["text"]))


def _regions(causes: Mapping[str, Json], said: Sequence[Json]) -> Iterator[str]:
    """A region is complete once, until it is not complete any more."""
    complete: set[str] = set()
    for cause, event in causes.items():
        if event["type"] != "tallywire.result.v1":
            continue
        progress = {stated["region"]: stated for stated in event["data"]["progress"]}
        for headline in said:
            if headline["data"]["result_id"] == cause and headline["data"]["kind"] in OF_REGIONS:
                region = headline["subject"]
                if region in complete:
                    yield f"{cause}: {headline['data']['text']!r} is said again"
                if progress[region]["declared"] != progress[region]["expected"]:
                    yield f"{cause}: {headline['data']['text']!r}, and {progress[region]}"
                complete.add(region)
        complete -= {region for region, stated in progress.items() if stated["declared"] != stated["expected"]}
