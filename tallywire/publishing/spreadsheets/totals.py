"""Rows of regions, bodies and headlines."""

from collections.abc import Iterator
from typing import Final

from jiter import from_json

from tallywire.publishing.documents import View
from tallywire.publishing.event import Event
from tallywire.publishing.spreadsheets.columns import BODIES, REGIONS
from tallywire.publishing.spreadsheets.writing import Row, data_of, listed, party_name

_OF_PARTY: Final = ("won", "held", "gained", "lost", "net", "votes", "won_on_lists", "list_votes")
"""Of a tally, for each party."""


def region_rows(view: View) -> Iterator[Row]:
    """Yield every region: a row for each party, one where there is none yet."""
    tallies = view.history.standing("tally", view.moment.cursor)
    for slug, region in view.regions().items():
        event = tallies.get(slug)
        row: Row = {
            **dict.fromkeys(REGIONS),
            "region": slug,
            "region_name": region.name,
            "region_kind": region.kind,
        }
        tally = data_of(event)
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
            yield row | {"party_id": party, "party_name": party_name(view, party), **counted}
        if not parties:
            yield row


def body_rows(view: View) -> Iterator[Row]:
    """Yield every council and parliament: a row for each party, one where there is none yet."""
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
        state = data_of(event)
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
                "party_name": party_name(view, party),
                "party_seats": seats.get(party, 0),
                "party_seats_on_lists": on_lists.get(party, 0),
                "party_seats_change": changes.get(party, 0) if changes else None,
            }
        if not named:
            yield row


def headline_row(event: Event) -> Row:
    """Return the row of a headline."""
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
        "regions": listed(data["regions"]),
        "winner_party_ids": listed(one["party"] for one in data.get("winners", ())),
        "loser_party_ids": listed(one["party"] for one in data.get("losers", ())),
        "elected_person_names": listed(one["name"] for one in data.get("elected", ())),
        "facts": listed(data.get("facts", ())),
    }
