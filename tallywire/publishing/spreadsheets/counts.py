"""Rows of counts that go step by step: candidates at each stage, and list seats in the order of their figures."""

from collections.abc import Iterator

from schemas.register import Contest
from tallywire.publishing.documents import View
from tallywire.publishing.event import Event
from tallywire.publishing.spreadsheets.columns import SEATS, STAGES
from tallywire.publishing.spreadsheets.contests import about_result
from tallywire.publishing.spreadsheets.writing import Row, data_of, decimal, listed, party_name


def stage_rows(view: View, ballot_id: str, contest: Contest, event: Event | None) -> Iterator[Row]:
    """Yield the candidates at each stage, in the order of first preferences."""
    result = data_of(event)
    if event is None or result is None or result.get("stages") is None:
        return
    candidates = {one["candidate"]: one for one in result["candidates"]}
    first = {
        "stage": 1,
        "action": "first-preferences",
        "of": (),
        "totals": {each: str(one["votes"]) for each, one in candidates.items()},
        "transfers": {},
        "non_transferable": "0",
        "elected": [each for each, one in candidates.items() if one.get("elected_at") == 1],
        "excluded": (),
    }
    of_contest = {
        **dict.fromkeys(STAGES),
        "ballot_paper_id": ballot_id,
        "post_label": contest.name,
        **about_result(result),
        "quota": result.get("quota"),
        "event": event.id,
    }
    for stage in (first, *result["stages"]):
        totals, moved = stage["totals"], stage["transfers"]
        for person_id, one in candidates.items():
            if person_id not in totals and person_id not in moved:
                continue
            yield of_contest | {
                "stage": stage["stage"],
                "action": stage["action"],
                "of_person_ids": listed(stage["of"]),
                "person_id": person_id,
                "person_name": one["name"],
                "party_id": one["party"],
                "party_name": party_name(view, one["party"]),
                "transfer": decimal(moved.get(person_id)),
                "votes": decimal(totals.get(person_id, "0")),
                "elected": person_id in stage["elected"],
                "excluded": person_id in stage["excluded"],
                "lot": person_id in stage.get("lot", ()),
                "non_transferable": decimal(stage["non_transferable"]),
            }


def seat_rows(view: View, ballot_id: str, contest: Contest, event: Event | None) -> Iterator[Row]:
    """Yield the seats of a contest by list: figure by figure once they are checked, as declared until then."""
    result = data_of(event)
    if event is None or result is None or result.get("allocation") is None:
        return
    allocation = result["allocation"]
    candidates = {one["candidate"]: one for one in result["candidates"]}
    seats = allocation["seats"] or [{"list": each} for each in result["elected"]]
    more = [] if allocation.get("next") is None else [allocation["next"]]
    for number, seat in enumerate((*seats, *more), 1):
        one = candidates[seat["list"]]
        yield {
            **dict.fromkeys(SEATS),
            "ballot_paper_id": ballot_id,
            "post_label": contest.name,
            **about_result(result),
            "checked": allocation["checked"],
            "seat": number,
            "given": number <= len(seats),
            "list_id": seat["list"],
            "party_id": one["party"],
            "party_name": party_name(view, one["party"]),
            "person_name": seat.get("person"),
            "votes_cast": one["votes"],
            "divisor": seat.get("divisor"),
            "figure": seat.get("figure"),
            "by_lot": seat.get("by_lot", False) if "divisor" in seat else None,
            "event": event.id,
        }
