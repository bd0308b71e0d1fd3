"""Whether a declaration by lists or stages can be true, by what stands when it comes."""

from typing import Any

from tests.oracle.recount import Heard
from tests.oracle.systems.regions import seats_of, waits_for

Json = dict[str, Any]


def possible(heard: Heard, said: Json) -> bool:
    """Whether the seats that are declared by list are those of the rule, as far as that can be known."""
    contest = heard.register["contests"][said["ballot_id"]]
    if contest["voting_system"] not in ("additional-member", "closed-list") or said["kind"] != "declared":
        return True
    if waits_for(heard, said["ballot_id"]):
        return "elected" in said
    seats = seats_of(heard, said["ballot_id"], said)
    return seats is not None and said.get("elected") in (None, [seat.to for seat in seats])
