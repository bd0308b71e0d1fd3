"""Who sits now: an amendment after a vacancy was filled (docs/rules.md, "Vacancies")."""

from collections.abc import Collection, Iterator, Mapping

from schemas.register import HAS_FIELD, Contest, Register
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import DidYouMean, Shown, listed, path_of

_AT = ("data", "sitting")


def check_sitting(sent: Readable, contest: Contest, register: Register, parties: Collection[str]) -> Iterator[Fault]:
    """Somebody holds each of the contest's seats, for one of the parties; or nobody ever held one."""
    stated = sent.value(*_AT)
    if not isinstance(stated, Mapping):
        return
    if contest.voting_system not in HAS_FIELD["baseline"]:
        yield fault("amendment.nobody_sits", *_AT, contest=contest.name, system=contest.voting_system)
        return
    seats = sent.value(*_AT, "seats")
    if not isinstance(seats, list):
        return
    if len(seats) not in (0, contest.seats):
        facts = {"contest": contest.name, "seats": str(contest.seats), "holders": f"{len(seats):,}"}
        yield fault("amendment.holders_and_seats", *_AT, "seats", **facts)
    before = contest.baseline.previous_election
    if not seats and before is not None and before.seats and not before.notional:
        won = listed(dict.fromkeys(register.parties[holder.party].name for holder in before.seats))
        yield fault("amendment.held_before", *_AT, "seats", contest=contest.name, party=won)
    for place, holder in enumerate(seats[: contest.seats]):
        party = holder.get("party") if isinstance(holder, Mapping) else None
        loc = (*_AT, "seats", place, "party")
        if isinstance(party, str) and loc not in sent.unread and party not in parties:
            named = {"place": f"{path_of(loc)} is", "value": Shown(party), "hint": DidYouMean(party, parties)}
            yield fault("amendment.unknown_party", *loc, **named)
