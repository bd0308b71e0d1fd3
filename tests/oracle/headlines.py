"""What must hold of headlines whatever their words: one for each result, none twice, too early, or left wrong."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.oracle.recount import Json

OF_SEATS: Final = {
    *("gain", "hold", "win", "elected", "uncontested", "flash", "progress", "recount", "postponed", "annulled"),
    *("withdrawal", "correction", "under_review", "review_ended"),
    *("list_seats", "allocation_checked", "stage", "referendum"),
}
"""Each result has exactly one of these, which is its first headline."""
OF_BODIES: Final = {"clinched", "control_gained", "control_held", "control_lost", "no_overall_control"}
OF_REGIONS: Final = {"region_complete", "all_declared"}
PREFIXES: Final = {"correction": "CORRECTION: ", "withdrawal": "WITHDRAWN: ", "flash": "FLASH"} | {
    "under_review": "UNDER REVIEW: ",
    "review_ended": "REVIEW ENDED: ",
    "allocation_checked": "CHECKED: ",
}
"""How these begin, and no others."""
BY_LIFE: Final = {
    "flash": "flash",
    "uncontested": "uncontested",
    "progress": "progress",
    "stage": "stage",
    "recount": "recount",
    "withdrawn": "withdrawal",
    "postponed": "postponed",
    "countermanded": "postponed",
    "annulled": "annulled",
}
"""What the first message about a contest is headed, by its kind; a declared result by its outcome."""
BY_SYSTEM: Final = {"additional-member": "list_seats", "closed-list": "list_seats", "referendum": "referendum"}
"""What a declared result is headed where no seat is gained or held."""


def about_seats(headline: Json) -> bool:
    """Whether it is the headline about the seats of a contest: the first one of a result."""
    data = headline["data"]
    return bool(data["ballot_id"]) and data["kind"] in OF_SEATS and headline["id"] == f"{data['result_id']}:headline"


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
    yield from _one_of_each_result(causes, said)
    yield from _told_apart(said)
    yield from _reviews(causes, about)
    yield from _control(causes, about)
    yield from _surely_largest(causes, about)
    yield from _totals(causes, about)
    yield from _swings(causes, about)
    yield from _regions(causes, about)


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


def _told_apart(said: Sequence[Json]) -> Iterator[str]:
    """No two headlines are word for word the same and about the seats of different contests."""
    of: dict[str, str] = {}
    for headline in filter(about_seats, said):
        data = headline["data"]
        if of.setdefault(data["text"], data["ballot_id"]) != data["ballot_id"]:
            yield f"{data['text']!r} is said of {data['ballot_id']} and of {of[data['text']]}"


def _one_of_each_result(causes: Mapping[str, Json], said: Sequence[Json]) -> Iterator[str]:
    heard_of = set()
    of_seats: dict[str, list[Json]] = {}
    for headline in filter(about_seats, said):
        of_seats.setdefault(headline["data"]["result_id"], []).append(headline["data"])
    for cause, event in causes.items():
        if event["type"] != "tallywire.result.v1":
            continue
        result = event["data"]
        seat = [data for data in of_seats.get(cause, ()) if data["ballot_id"] == result["ballot_id"]]
        if len(seat) != 1:
            yield f"{cause} has {len(seat)} headlines of its seat: {seat}"
        elif result["ballot_id"] not in heard_of:
            outcome = result["outcomes"][result["headline_baseline"]]
            system = BY_SYSTEM.get(result["contest"]["voting_system"])
            expected = BY_LIFE.get(result["kind"]) or system or (outcome["change"] if outcome else "elected")
            if seat[0]["kind"] != expected:
                yield f"{cause} is headed as {seat[0]['kind']}, not as {expected}"
        elif result["kind"] == "withdrawn" and _takes_back(result) and seat[0]["kind"] != "withdrawal":
            yield f"{cause} withdraws, and is headed as {seat[0]['kind']}"
        heard_of.add(result["ballot_id"])


def _reviews(causes: Mapping[str, Json], about: Mapping[str, list[Json]]) -> Iterator[str]:
    """That a result is under review is said when it is and was not, that it no longer is when its winner stays."""
    before: dict[str, Json] = {}
    for cause, event in causes.items():
        if event["type"] != "tallywire.result.v1":
            continue
        result, was = event["data"], before.get(event["subject"], {})
        before[event["subject"]] = result
        now, then = "under_review" in result, "under_review" in was
        same = was.get("revision") == result["revision"]
        expected = None
        if now and not then and same:
            expected = "under_review"
        elif then and not now and result["elected"] and sorted(was["elected"]) == sorted(result["elected"]):
            expected = "review_ended"
        kinds = [data["kind"] for data in about[cause]]
        if kinds[0] != expected if expected else {"under_review", "review_ended"} & {*kinds}:
            yield f"{cause}: said {kinds}, expected {expected}"
        why = ("A correction waits", "do not follow from the seats won")
        if now != any(words in data["detail"] for data in about[cause] for words in why):
            yield f"{cause}: is under review is {now}, and {[data['detail'] for data in about[cause]]} is said"
        if same and now != then and len(kinds) > 1:
            yield f"{cause}: {kinds} is said of a review"


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
        if _sure_to_be_hung(state, before.get(body)) and not any(map(_about_control, about[cause])):
            yield f"{cause}: nobody can have a majority any more, and that is not said"
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


def _sure_to_be_hung(state: Json, was: Json | None) -> bool:
    """Whether it has just become certain that nobody can have a majority, with seats still to be declared."""
    certain = state["cause"] is not None and state["now"] == "NOC" and not state["final"]
    return certain and was is not None and was["now"] != "NOC"


def _about_control(data: Json) -> bool:
    """Whether a headline about a body is about who controls it, not about a party's landmark."""
    return data["kind"] != "landmark" and "back below" not in data["text"] and not about_largest(data)


def about_largest(data: Json) -> bool:
    """Whether a headline is about which party is certain to be the largest of a body."""
    return "certain to be the largest" in data["text"]


def _surely_largest(causes: Mapping[str, Json], about: Mapping[str, list[Json]]) -> Iterator[str]:
    """The party that was said to be certain to be the largest is, or that is taken back; and it is said in time."""
    before: dict[str, str | None] = {}
    said: dict[str, str] = {}
    for cause, event in causes.items():
        if event["type"] != "tallywire.control.v1":
            continue
        state = event["data"]
        body, sure = state["body"], state.get("largest_certain")
        for data in filter(about_largest, about[cause]):
            if (data["kind"] == "landmark") == (body in said):
                yield f"{cause}: {data['text']!r} is said, and {said.get(body)} stands"
            said.pop(body, None)
            if data["winners"]:
                said[body] = data["winners"][0]["party"]
        news = state["cause"] and not state["final"] and state["now"] in (None, "NOC") and before.get(body) != sure
        if said.get(body, sure) != sure or (sure and news and body not in said):
            yield f"{cause}: {said.get(body)} stands as the largest, and {sure} is certain"
        before[body] = sure


def _totals(causes: Mapping[str, Json], about: Mapping[str, list[Json]]) -> Iterator[str]:
    """Seats that were said with every seat declared are taken back when they are other ones, or one is open again."""
    said: dict[str, Json] = {}
    for cause, event in causes.items():
        if event["type"] != "tallywire.control.v1":
            continue
        state = event["data"]
        body, stands = state["body"], state["composition"] if state["final"] else None
        if any(map(_about_control, about[cause])):
            said.pop(body, None)
            if stands is not None and state["now"] is not None:
                said[body] = stands
        elif said.get(body, stands) != stands:
            yield f"{cause}: {said[body]} stands, and it is {stands}"


def _swings(causes: Mapping[str, Json], about: Mapping[str, list[Json]]) -> Iterator[str]:
    """The largest swing that was said, and not taken back, is the largest; and a larger one is said at once."""
    swings: dict[str, tuple[float, str]] = {}
    standing: str | None = None
    for cause, event in causes.items():
        if event["type"] != "tallywire.result.v1":
            continue
        result, ballot = event["data"], event["subject"]
        most = max((points for one, (points, _) in swings.items() if one != ballot), default=None)
        swings.pop(ballot, None)
        if result["swing"] is not None and result["counts"]:
            points = result["swing"]["points"]
            swings[ballot] = (points, result["contest"]["full_name"] or result["contest"]["name"])
            if most is not None and points > most and points >= 0.05 and standing is None:  # said as 0.1 points
                standing = ""
        for data in about[cause]:
            if "argest swing" in data["text"] or "no swing" in data["text"]:
                standing = None if "no swing" in data["text"] else data["text"]
        if standing is not None and not _largest(standing, swings):
            yield f"{cause}: {standing!r} stands, and the swings are {swings}"


def _largest(text: str, swings: Mapping[str, tuple[float, str]]) -> bool:
    most = max((points for points, _ in swings.values()), default=None)
    return any(
        points == most and text.endswith(f" in {name}") and (f" {points:.1f} points" in text or f" {points} " in text)
        for points, name in swings.values()
    )


def _regions(causes: Mapping[str, Json], about: Mapping[str, list[Json]]) -> Iterator[str]:
    """A region is said to be complete when it is, and that is taken back when it is not any more."""
    complete: set[str] = set()
    for cause, event in causes.items():
        if event["type"] != "tallywire.result.v1":
            continue
        progress = {stated["region"]: stated for stated in event["data"]["progress"]}
        whole = {region for region, stated in progress.items() if stated["declared"] == stated["expected"]}
        yield from _of_regions(cause, about[cause], complete, whole)
        if wrong := complete & progress.keys() - whole:
            yield f"{cause}: {wrong} were said to be complete, and are not"
        if "uk" in whole - complete and progress["uk"]["expected"] > 1:
            yield f"{cause}: everything is declared, and that is not said"


def _of_regions(cause: str, said: Sequence[Json], complete: set[str], whole: set[str]) -> Iterator[str]:
    """Follow what one result says of regions, and yield what was said already, or does not hold."""
    for data in said:
        region = data["region"]
        if data["kind"] in OF_REGIONS:
            if region in complete or region not in whole:
                yield f"{cause}: {data['text']!r} was said, or is not so"
            complete.add(region)
        elif region is not None:
            if region not in complete or region in whole:
                yield f"{cause}: {data['text']!r} takes back what was not said, or holds"
            complete.discard(region)
