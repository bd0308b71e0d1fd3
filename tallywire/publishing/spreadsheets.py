"""An election at a moment as tables for spreadsheets: CSV as RFC 4180 has it.

Columns that Democracy Club has in its downloads of candidates and results have its names
(github.com/DemocracyClub/yournextrepresentative, ``ynr/apps/data_exports/csv_fields.py``). Every row says of which
moment it is.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from jiter import from_json

from schemas.register import Candidate, Contest
from services.rules.by_elections import is_by_election
from tallywire.publishing.documents import IN_STAGES, View
from tallywire.publishing.event import Event, persons_elected
from tallywire.publishing.figures import papers_counted
from tallywire.publishing.filters import EVERYTHING, Filter
from tallywire.publishing.kept import Kept

MEDIA_TYPE: Final = "text/csv; header=present; charset=utf-8"

MARK: Final = "\ufeff"
"""Without a byte order mark Excel takes UTF-8 for the encoding of its country."""

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  # spreadsheets take them, too
"""What a text must not begin with, or a spreadsheet calculates it (OWASP, CSV Injection)."""

CANCELLED: Final = ("uncontested", "postponed", "countermanded")
"""Kinds of a result of a poll that does not take place on the day."""

Data = Mapping[str, Any]
Row = dict[str, object]
Columns = Mapping[str, str]
"""Each column with what it means."""

_OF_EACH: Final[Columns] = {
    "test": "True in a rehearsal: never to be published as real.",
    "cursor": "The moment at which the row is true: `?at=` with it shows the same again.",
    "cursor_time": "When that was; in a night that is played again, the latest declaration until then.",
}

_CONTEST: Final[Columns] = {
    "election_id": "Id of the election.",
    "ballot_paper_id": "Id of the contest.",
    "election_date": "Polling day.",
    "post_label": "Name of the contest.",
    "office": "What is elected.",
    "organisation_name": "Council or parliament whose seats these are.",
    "gss": "GSS code of the area.",
    "by_election": "Whether it is a by-election.",
    "seats_contested": "How many are elected.",
    "voting_system": "How votes become winners, in the words of the [register](packs.md): `first-past-the-post`.",
    "cancelled_poll": "Whether there is no poll on the day: uncontested, postponed or countermanded.",
}

_RESULT: Final[Columns] = {
    "status": "What stands, as in [a declaration's life](life.md): `declared`, `withdrawn`; empty before the first.",
    "counts": "Whether tallies and control count it.",
    "revision": "Revision of the declaration.",
    "declared_at": "When it was read out at the count.",
    "under_review": "Whether a correction waits for a second person.",
}

CONTESTS: Final[Columns] = {
    **_CONTEST,
    "counting_rules": "Whose rules of the single transferable vote the count follows: `scotland`, `northern-ireland`.",
    "question": "The question of a referendum; its answers are the candidates.",
    "regions": "Slugs of its regions.",
    **_RESULT,
    "elected_person_ids": "Who is elected, most votes first; lists once for each seat, in the order of the seats.",
    "elected_person_names": "Their names; of a list seat the person's, or the list's where that is not known.",
    "elected_party_ids": "The main party of each of them.",
    "seat_changes": "Of list seats, by main party: seats more, or fewer, than last time.",
    "label": "Gain, hold or win in short form, under the baseline that headlines use.",
    "label_previous_election": "The same against the previous ordinary election.",
    "label_sitting": "The same against the eve of poll.",
    "majority": "Majority, in votes.",
    "lot": "Whether a lot was drawn.",
    "quota": "The quota under the single transferable vote.",
    "stages": "Stages counted under the single transferable vote, that of first preferences included.",
    "allocation_checked": "Whether list seats were held against the rule; False while constituencies are not known.",
    "waits_for": "Ballot ids of those constituencies.",
    "valid_votes": "Votes counted; first preferences under the supplementary and the single transferable vote.",
    "spoilt_ballots": "Ballot papers rejected.",
    "turnout_reported": "Ballot papers, rejected ones included; empty where several seats are up.",
    "total_electorate": "People entitled to vote.",
    "turnout_percentage": "Ballot papers by electorate.",
    "turnout_percentage_valid_votes": "Valid votes by electorate.",
    "swing_to": "Main party that gained ground.",
    "swing_from": "Main party that lost ground to it.",
    "swing_points": "Two-party swing, in percentage points.",
    "reason": "Why it was withdrawn, postponed or annulled, or a recount called.",
    "event": "Id of the result's event.",
    **_OF_EACH,
}

CANDIDATES: Final[Columns] = {
    **_CONTEST,
    "person_id": "Id of the candidate: Democracy Club's where it is known.",
    "person_name": "Name as printed on the ballot paper.",
    "party_id": "Party or joint description on the ballot paper.",
    "party_name": "Its name.",
    "main_party_id": "The party that it is counted as.",
    "sitting": "Whether the candidate was a sitting member on the eve of poll.",
    "people": "Of a list the names on it, in their order.",
    **_RESULT,
    "votes_cast": "Votes; first preferences under the supplementary and the single transferable vote.",
    "votes_percentage": "Votes by valid votes.",
    "votes_percentage_change": "Change of the party's share since last time, in percentage points.",
    "votes_final_round": "Votes in the final round of the supplementary vote, transferred ones included.",
    "rank": "1 for the most votes cast; equal votes have equal ranks.",
    "elected": "Whether the candidate is elected; empty while that is open, and where nobody is any more.",
    "seats": "Of a list or an individual in a contest by list: its list seats.",
    "constituency_seats": "Its constituency seats, which are carried into the allocation; empty while unknown.",
    "elected_at": "Under the single transferable vote, the stage at the end of which the candidate was elected.",
    "excluded_at": "The same, the stage at which the candidate was excluded.",
    "votes_last_stage": "The same, votes when the last stage was over; of the excluded, before the exclusion.",
    **_OF_EACH,
}

STAGES: Final[Columns] = {
    "election_id": "Id of the election.",
    "ballot_paper_id": "Id of the contest; a row for each candidate at each stage of a single transferable vote.",
    "post_label": "Name of the contest.",
    **_RESULT,
    "quota": "The quota.",
    "stage": "Number of the stage: 1 is the count of first preferences.",
    "action": "What was done: `first-preferences`, `surplus` or `exclusion`.",
    "of_person_ids": "Whose votes were transferred.",
    "person_id": "Id of the candidate. Who was excluded has no rows after that stage.",
    "person_name": "Name as printed on the ballot paper.",
    "party_id": "Party or joint description on the ballot paper.",
    "party_name": "Its name.",
    "transfer": "Votes received at the stage or, below zero, given away; empty where neither.",
    "votes": "Votes when the stage was over.",
    "elected": "Whether the candidate was elected at the end of this stage.",
    "excluded": "Whether the candidate was excluded at this stage.",
    "lot": "Whether a lot fell on the candidate at this stage.",
    "non_transferable": "Votes that are not transferable when the stage is over, in all.",
    "event": "Id of the result's event.",
    **_OF_EACH,
}

SEATS: Final[Columns] = {
    "election_id": "Id of the election.",
    "ballot_paper_id": "Id of the contest; a row for each list seat, in the order in which they were given.",
    "post_label": "Name of the contest.",
    **_RESULT,
    "checked": "Whether the seats were held against the rule. Until they are, rows are as declared, without figures.",
    "seat": "Number of the seat, from 1; one more than there are for who would have had the next.",
    "given": "False for who would have had one seat more.",
    "list_id": "Id of the list, or of the individual.",
    "party_id": "Its party.",
    "party_name": "The party's name.",
    "person_name": "Whose the seat is; empty where the names are unknown.",
    "votes_cast": "Votes of the list.",
    "divisor": "What they were divided by: its seats until then, constituencies included, and one.",
    "figure": "The votes divided by that.",
    "by_lot": "Whether a lot decided between equal figures.",
    "event": "Id of the result's event.",
    **_OF_EACH,
}

REGIONS: Final[Columns] = {
    "election_id": "Id of the election.",
    "region": "Slug of the region.",
    "region_name": "Its name.",
    "region_kind": "`official`, `country`, `media` or `council`.",
    "declared": "Contests with a result.",
    "expected": "Contests that are to have one.",
    "seats_declared": "Their seats, of those declared.",
    "seats_expected": "Their seats, of all expected.",
    "postponed": "Contests that will have no result now.",
    "under_review": "Contests whose result is under review.",
    "lists_declared": "Those of the contests declared that are regions with list seats beside constituencies.",
    "lists_expected": "The same of the contests expected.",
    "baseline": "What held, gained and lost are measured against.",
    "party_id": "Main party; a row for each. Empty where no party has won, lost or had votes yet.",
    "party_name": "Its name.",
    "won": "Seats won.",
    "held": "Seats won that the party held before.",
    "gained": "Seats won that another party held before.",
    "lost": "Seats held before that another party won.",
    "net": "Gained less lost.",
    "votes": "Votes; first preferences under the supplementary and the single transferable vote.",
    "won_on_lists": "Those of the seats won that are list seats beside constituencies.",
    "list_votes": "Votes for its lists where voters have a second paper: never to be added to `votes`.",
    "event": "Id of the tally's event.",
    **_OF_EACH,
}

BODIES: Final[Columns] = {
    "election_id": "Id of the election.",
    "body": "Slug of the council or parliament.",
    "organisation_name": "Its name.",
    "body_kind": "`council` or `parliament`.",
    "seats": "All its seats.",
    "majority": "Seats needed for control.",
    "undeclared": "Seats up that are still to be declared.",
    "vacant": "Seats that nobody will hold now.",
    "under_review": "Contests whose result is under review.",
    "control_before": "Party in control on the eve of poll, or `NOC`.",
    "control_now": "Party certain to have control, or `NOC`; empty while that is open.",
    "holder_lost": "Whether the party that had control can no longer keep it.",
    "final": "Whether every seat that was up is declared.",
    "change": "`hold`, `gain`, `lose` or `no change`; empty while open.",
    "label": "The same in short form.",
    "party_id": "Main party; a row for each. Empty where no seat has a party yet.",
    "party_name": "Its name.",
    "party_seats": "Seats that it holds: those not up, and those declared.",
    "party_seats_on_lists": "Those of its seats that are list seats beside constituencies.",
    "party_seats_change": "Seats more, or fewer, than before.",
    "event": "Id of the event about control.",
    **_OF_EACH,
}

HEADLINES: Final[Columns] = {
    "election_id": "Id of the election.",
    "sequence": "Number of the headline, from 1.",
    "event": "Id of its event.",
    "time": "When its cause was accepted.",
    "kind": "What sort of news it is, as in [headlines](headlines.md).",
    "priority": "1 interrupts a programme, 5 is for those who follow one count.",
    "text": "The headline.",
    "detail": "One sentence more.",
    "ballot_paper_id": "The contest that it is about.",
    "post_label": "Name of the contest.",
    "body": "The council or parliament that it is about.",
    "organisation_name": "Its name.",
    "region": "The region that it is about.",
    "region_name": "Its name.",
    "regions": "Slugs of the regions it is news in.",
    "winner_party_ids": "Main parties that won.",
    "loser_party_ids": "Main parties that lost.",
    "elected_person_names": "Who is elected.",
    "facts": "What else is so of the result.",
    "majority": "Majority, in votes.",
    "revision": "Revision of the declaration behind it.",
    "supersedes": "Id of the headline whose place this one takes.",
    **_OF_EACH,
}


class Tables:
    """Tables of elections. Of contests and candidates lines are kept from one moment to the next."""

    def __init__(self) -> None:
        self._contests: Kept[list[str]] = Kept()
        self._candidates: Kept[list[str]] = Kept()
        self._stages: Kept[list[str]] = Kept()
        self._seats: Kept[list[str]] = Kept()

    def contests(self, view: View) -> bytes:
        """Return every contest with its result, those without one, too."""
        return _table(view, CONTESTS, _by_contest(view, CONTESTS, _contest_rows, self._contests))

    def candidates(self, view: View) -> bytes:
        """Return every candidate of every contest, with votes where they are known."""
        return _table(view, CANDIDATES, _by_contest(view, CANDIDATES, _candidate_rows, self._candidates))

    def stages(self, view: View) -> bytes:
        """Return every candidate at every stage of every count by single transferable vote."""
        return _table(view, STAGES, _by_contest(view, STAGES, _stage_rows, self._stages))

    def seats(self, view: View) -> bytes:
        """Return every list seat, in the order in which they were given, with who would have had the next."""
        return _table(view, SEATS, _by_contest(view, SEATS, _seat_rows, self._seats))

    def regions(self, view: View) -> bytes:
        """Return every region with a row for each party, or one row where there is nothing yet."""
        return _table(view, REGIONS, _lines(view, REGIONS, _region_rows(view)))

    def bodies(self, view: View) -> bytes:
        """Return every council and parliament with a row for each party, or one row where there is nothing yet."""
        return _table(view, BODIES, _lines(view, BODIES, _body_rows(view)))

    def headlines(self, view: View, wanted: Filter = EVERYTHING, last: int | None = None) -> bytes:
        """Return the headlines that a filter selects, oldest first; only the last ones where a number is given."""
        selected = view.selected_headlines(wanted, last)
        rows = (_headline_row(each) for each in selected if each.type == "headline")
        return _table(view, HEADLINES, _lines(view, HEADLINES, rows))


COLUMNS: Final[Mapping[str, Columns]] = {
    "contests": CONTESTS,
    "candidates": CANDIDATES,
    "stages": STAGES,
    "seats": SEATS,
    "regions": REGIONS,
    "bodies": BODIES,
    "headlines": HEADLINES,
}
"""Of every table, by the name of its file."""


def cell(value: object) -> str:
    """Return what stands in a cell. Numbers stay numbers; no text is a formula; what is unknown is empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return str(value)


class _Written(list[str]):
    """Lines, as they are written."""

    write = list.append


def _lines(view: View, columns: Columns, rows: Iterable[Row]) -> list[str]:
    """Return rows as lines without what is the same on each, which comes last, and without their ends."""
    names = [name for name in columns if name not in _OF_EACH]
    lines = _Written()
    writer = csv.writer(lines, lineterminator="")
    for row in rows:
        said = row | {"election_id": view.history.election}
        writer.writerow([cell(said[name]) for name in names])
    return lines


def _by_contest(
    view: View,
    columns: Columns,
    rows: Callable[[View, str, Contest, Event | None], Iterable[Row]],
    kept: Kept[list[str]],
) -> Iterator[str]:
    """Yield the lines of each contest."""
    results = view.history.standing("result", view.moment.cursor)
    for ballot_id in view.contests():
        contest, event = view.history.registers.contest(ballot_id, view.ledger).contest, results.get(ballot_id)

        def made(ballot_id: str = ballot_id, contest: Contest = contest, event: Event | None = event) -> list[str]:
            return _lines(view, columns, rows(view, ballot_id, contest, event))

        yield from kept.get(view.history.election, ballot_id, contest, event, made)


def _table(view: View, columns: Columns, lines: Iterable[str]) -> bytes:
    of_each = ",".join(map(cell, (view.test, str(view.moment.cursor), view.time)))
    return "".join((MARK, ",".join(columns), "\r\n", *(f"{line},{of_each}\r\n" for line in lines))).encode()


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


def _about_result(result: Data | None) -> Row:
    if result is None:
        return dict.fromkeys(_RESULT)
    return {
        "status": result["kind"],
        "counts": result["counts"],
        "revision": result["revision"],
        "declared_at": result["declared_at"],
        "under_review": result.get("under_review", False),
    }


def _contest_rows(view: View, ballot_id: str, contest: Contest, event: Event | None) -> Iterator[Row]:
    result = _data(event)
    row = {
        **dict.fromkeys(CONTESTS),
        **_about_contest(view, ballot_id, contest, result),
        **_about_result(result),
        "regions": _list(contest.regions),
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
        "elected_person_ids": _list(result["elected"]),
        "elected_person_names": _list(person or names[each] for each, person in of_seats),
        "elected_party_ids": _list(result["parties_elected"]),
        "seat_changes": _changes(result),
        "label": result["labels"][result["headline_baseline"]],
        "label_previous_election": result["labels"]["previous_election"],
        "label_sitting": result["labels"]["sitting"],
        "majority": result["majority"],
        "lot": result["lot"],
        "quota": result.get("quota"),
        "stages": None if result.get("stages") is None else 1 + len(result["stages"]),
        "allocation_checked": allocation.get("checked"),
        "waits_for": _list(allocation.get("waits_for", ())),
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


def _candidate_rows(view: View, ballot_id: str, contest: Contest, event: Event | None) -> Iterator[Row]:
    """Yield the candidates of a contest: most votes first, and before there is a result as registered."""
    result = _data(event)
    of_contest = _about_contest(view, ballot_id, contest, result) | _about_result(result)
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
            "people": None if registered is None else _list(person.name for person in registered.people or ()),
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
                "votes_last_stage": _decimal(one.get("last_votes")),
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
    return _list(f"{party} {changes[party]:+}" for party in sorted(changes, key=lambda one: (-changes[one], one)))


def _stage_rows(view: View, ballot_id: str, contest: Contest, event: Event | None) -> Iterator[Row]:
    """Yield the candidates at each stage, in the order of first preferences."""
    result = _data(event)
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
        **_about_result(result),
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
                "of_person_ids": _list(stage["of"]),
                "person_id": person_id,
                "person_name": one["name"],
                "party_id": one["party"],
                "party_name": _party_name(view, one["party"]),
                "transfer": _decimal(moved.get(person_id)),
                "votes": _decimal(totals.get(person_id, "0")),
                "elected": person_id in stage["elected"],
                "excluded": person_id in stage["excluded"],
                "lot": person_id in stage.get("lot", ()),
                "non_transferable": _decimal(stage["non_transferable"]),
            }


def _seat_rows(view: View, ballot_id: str, contest: Contest, event: Event | None) -> Iterator[Row]:
    """Yield the seats of a contest by list: figure by figure once they are checked, as declared until then."""
    result = _data(event)
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
            **_about_result(result),
            "checked": allocation["checked"],
            "seat": number,
            "given": number <= len(seats),
            "list_id": seat["list"],
            "party_id": one["party"],
            "party_name": _party_name(view, one["party"]),
            "person_name": seat.get("person"),
            "votes_cast": one["votes"],
            "divisor": seat.get("divisor"),
            "figure": seat.get("figure"),
            "by_lot": seat.get("by_lot", False) if "divisor" in seat else None,
            "event": event.id,
        }


def _region_rows(view: View) -> Iterator[Row]:
    tallies = view.history.standing("tally", view.moment.cursor)
    for slug, region in view.regions().items():
        event = tallies.get(slug)
        row: Row = {
            **dict.fromkeys(REGIONS),
            "region": slug,
            "region_name": region.name,
            "region_kind": region.kind,
        }
        tally = _data(event)
        if event is None or tally is None:
            yield row
            continue
        of_region = ("declared", "expected", "seats_declared", "seats_expected", "postponed", "baseline")
        row |= {name: tally[name] for name in of_region}
        row |= {name: tally.get(name, 0) for name in ("under_review", "lists_declared", "lists_expected")}
        row["event"] = event.id
        # What is left out of a tally is 0.
        parties = sorted(
            tally["parties"].items(), key=lambda item: (-item[1].get("won", 0), -item[1].get("votes", 0), item[0])
        )
        for party, figures in parties:
            counted = {name: figures.get(name, 0) for name in _OF_PARTY}
            yield row | {"party_id": party, "party_name": _party_name(view, party), **counted}
        if not parties:
            yield row


_OF_PARTY: Final = ("won", "held", "gained", "lost", "net", "votes", "won_on_lists", "list_votes")
"""Of a tally, for each party."""


def _body_rows(view: View) -> Iterator[Row]:
    control = view.history.standing("control", view.moment.cursor)
    for slug, body in ({} if view.head is None else view.head.bodies).items():
        row: Row = {
            **dict.fromkeys(BODIES),
            "body": slug,
            "organisation_name": body.name,
            "body_kind": body.kind,
            "seats": body.seats,
            "control_before": body.control_before,
        }
        event = control.get(slug)
        state = _data(event)
        if event is None or state is None:
            yield row
            continue
        of_body = ("majority", "undeclared", "vacant", "holder_lost", "final", "change", "label")
        row |= {name: state[name] for name in of_body}
        row |= {"under_review": state.get("under_review", 0), "control_now": state["now"], "event": event.id}
        seats, changes, on_lists = state["composition"], state["changes"], state.get("from_lists", {})
        named = dict.fromkeys((*sorted(seats, key=lambda party: (-seats[party], party)), *sorted(changes)))
        for party in named:
            yield row | {
                "party_id": party,
                "party_name": _party_name(view, party),
                "party_seats": seats.get(party, 0),
                "party_seats_on_lists": on_lists.get(party, 0),
                "party_seats_change": changes.get(party, 0) if changes else None,
            }
        if not named:
            yield row


def _headline_row(event: Event) -> Row:
    said = from_json(event.content)
    data = said["data"]
    as_said = ("kind", "priority", "text", "detail", "body", "region", "region_name", "majority", "revision")
    return {
        **{name: data.get(name) for name in (*as_said, "supersedes")},
        "sequence": event.sequence,
        "event": event.id,
        "time": said.get("time"),
        "ballot_paper_id": data["ballot_id"],
        "post_label": (data.get("contest") or {}).get("name"),
        "organisation_name": data.get("body_name"),
        "regions": _list(data["regions"]),
        "winner_party_ids": _list(one["party"] for one in data.get("winners", ())),
        "loser_party_ids": _list(one["party"] for one in data.get("losers", ())),
        "elected_person_names": _list(one["name"] for one in data.get("elected", ())),
        "facts": _list(data.get("facts", ())),
    }


def _printed(candidate: Candidate) -> tuple[str, str]:
    """Return name and party of a candidate as they are on the ballot paper."""
    return candidate.name, candidate.party


def _party_name(view: View, party: str) -> str | None:
    known = None if view.head is None else view.head.parties.get(party)
    return None if known is None else known.name


def _data(event: Event | None) -> Data | None:
    if event is None:
        return None
    data: Data = from_json(event.content)["data"]
    return data


def _decimal(votes: str | None) -> Decimal | None:
    """Return votes with fractions as a number, with the decimals that they are published with."""
    return None if votes is None else Decimal(votes)


def _list(values: Iterable[str]) -> str:
    """Return several values in one cell."""
    return "; ".join(values)
