"""Rows of contests and of their candidates."""

from collections.abc import Iterator, Mapping
from typing import Final

from schemas.register import Candidate, Contest
from services.rules.by_elections import is_by_election
from tallywire.publishing.documents import IN_STAGES, View
from tallywire.publishing.event import Event, persons_elected
from tallywire.publishing.figures import papers_counted
from tallywire.publishing.spreadsheets.columns import CANDIDATES, CONTESTS, OF_RESULT
from tallywire.publishing.spreadsheets.writing import Data, Row, data_of, decimal, listed

CANCELLED: Final = ("uncontested", "postponed", "countermanded")
"""Kinds of a result of a poll that does not take place on the day."""


def _about_contest(view: View, ballot_id: str, contest: Contest, result: Data | None) -> Row:
    body = None if view.head is None or contest.body is None else view.head.bodies[contest.body].name
    return {
        "ballot_paper_id": ballot_id,
        "election_date": ballot_id.rpartition(".")[2],
        "post_label": contest.name,
        "office": contest.office,
        "organisation_name": body,
        "gss": contest.area,
        "by_election": is_by_election(ballot_id),
        "seats_contested": contest.seats,
        "voting_system": contest.voting_system,
        "cancelled_poll": result is not None and result["kind"] in CANCELLED,
    }


def about_result(result: Data | None) -> Row:
    """Return what stands of a contest, as every table of contests says it."""
    if result is None:
        return dict.fromkeys(OF_RESULT)
    return {
        "status": result["kind"],
        "counts": result["counts"],
        "revision": result["revision"],
        "declared_at": result["declared_at"],
        "under_review": result.get("under_review", False),
    }


def contest_rows(view: View, ballot_id: str, contest: Contest, event: Event | None) -> Iterator[Row]:
    """Yield the one row of a contest."""
    result = data_of(event)
    row = {
        **dict.fromkeys(CONTESTS),
        **_about_contest(view, ballot_id, contest, result),
        **about_result(result),
        "regions": listed(contest.regions),
        "counting_rules": contest.counting_rules,
        "question": contest.question,
        "total_electorate": contest.electorate,
    }
    if event is None or result is None:
        yield row
        return
    names = {one["candidate"]: one["name"] for one in result["candidates"]}
    swing, allocation = result["swing"] or {}, result.get("allocation") or {}
    of_seats = zip(result["elected"], persons_elected(result), strict=True)
    yield row | {
        "elected_person_ids": listed(result["elected"]),
        "elected_person_names": listed(person or names[each] for each, person in of_seats),
        "elected_party_ids": listed(result["parties_elected"]),
        "seat_changes": _changes(result),
        "label": result["labels"][result["headline_baseline"]],
        "label_previous_election": result["labels"]["previous_election"],
        "label_sitting": result["labels"]["sitting"],
        "majority": result["majority"],
        "lot": result["lot"],
        "quota": result.get("quota"),
        "stages": None if result.get("stages") is None else 1 + len(result["stages"]),
        "allocation_checked": allocation.get("checked"),
        "waits_for": listed(allocation.get("waits_for", ())),
        "valid_votes": result["valid_votes"],
        "spoilt_ballots": result["rejected"],
        "turnout_reported": papers_counted(result),
        "turnout_percentage": result["turnout"]["papers"],
        "turnout_percentage_valid_votes": result["turnout"]["valid_votes"],
        "swing_to": swing.get("to_party"),
        "swing_from": swing.get("from_party"),
        "swing_points": swing.get("points"),
        "reason": result.get("reason"),
        "event": event.id,
    }


def candidate_rows(view: View, ballot_id: str, contest: Contest, event: Event | None) -> Iterator[Row]:
    """Yield the candidates of a contest: most votes first, and before there is a result as registered."""
    result = data_of(event)
    of_contest = _about_contest(view, ballot_id, contest, result) | about_result(result)
    stated = {} if result is None else {one["candidate"]: one for one in result["candidates"]}
    votes = [one["votes"] for one in stated.values() if one["votes"] is not None]
    for person_id in dict.fromkeys((*stated, *contest.candidates)):
        one, registered = stated.get(person_id), contest.candidates.get(person_id)
        name, party = (one["name"], one["party"]) if one is not None else _printed(contest.candidates[person_id])
        known = None if view.head is None else view.head.parties.get(party)
        row = {
            **dict.fromkeys(CANDIDATES),
            **of_contest,
            "person_id": person_id,
            "person_name": name,
            "party_id": party,
            "party_name": None if known is None else known.name,
            "main_party_id": party if known is None or known.counts_as is None else known.counts_as,
            "sitting": None if registered is None else registered.sitting,
            "people": None if registered is None else listed(person.name for person in registered.people or ()),
        }
        if one is not None and result is not None:
            row |= {
                "votes_cast": one["votes"],
                "votes_percentage": one["share"],
                "votes_percentage_change": one.get("share_change"),
                "votes_final_round": one.get("final_votes"),
                "rank": None if one["votes"] is None else 1 + sum(each > one["votes"] for each in votes),
                "elected": _is_elected(result, one),
                "seats": one.get("seats"),
                "constituency_seats": _carried_in(result, person_id),
                "elected_at": one.get("elected_at"),
                "excluded_at": one.get("excluded_at"),
                "votes_last_stage": decimal(one.get("last_votes")),
            }
        yield row


def _is_elected(result: Data, one: Data) -> bool | None:
    """Return whether a candidate is elected; None while that is open, or where nothing stands."""
    if result["kind"] == IN_STAGES and not one["elected"]:
        return None if one.get("excluded_at") is None else False
    return bool(one["elected"]) if result["elected"] else None


def _carried_in(result: Data, list_id: str) -> int | None:
    """Return the constituency seats of a list; None while they are not known."""
    allocation = result.get("allocation") or {}
    seats: dict[str, int] = allocation.get("carried_in", {})
    return seats.get(list_id, 0) if allocation.get("checked") else None


def _changes(result: Data) -> str:
    """Return list seats now less last time's, most first: ``PP53 +1; PP52 -2``."""
    changes: Mapping[str, int] = result.get("seat_changes") or {}
    return listed(f"{party} {changes[party]:+}" for party in sorted(changes, key=lambda one: (-changes[one], one)))


def _printed(candidate: Candidate) -> tuple[str, str]:
    """Return name and party of a candidate as they are on the ballot paper."""
    return candidate.name, candidate.party
