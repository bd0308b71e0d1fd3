"""Registers and the amendments to them: whether they were sent to their election and say what it can take in."""

from collections.abc import Iterator, Mapping

from schemas.register import Contest, Register
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import DidYouMean, Shown, path_of


def misdirected(sent: Readable, election: str) -> Iterator[Fault]:
    """Find what is wrong with a register besides its shape: it belongs to another election, or half of it does."""
    described = sent.text("data", "election")
    if described is not None and described != election:
        yield fault("register.other_election", "data", "election", value=Shown(described), election=election)
    subject = sent.text("subject")
    if subject is not None and subject != election:
        yield fault("subject.not_the_election", "subject", subject=Shown(subject), election=election)


def unamendable(sent: Readable, contest: Contest, register: Register) -> Iterator[Fault]:
    """Find what is wrong with an amendment besides its shape and its contest."""
    changes = sent.members("data", "candidates")
    for candidate_id, change in changes.items():
        loc = ("data", "candidates", candidate_id)
        if candidate_id not in contest.candidates:
            hint = DidYouMean(candidate_id, contest.candidates)
            yield fault("candidate.unknown", *loc, value=Shown(candidate_id), contest=contest.name, hint=hint)
        if isinstance(change, Mapping) and change.get("name") is None and change.get("party") is None:
            yield fault("amendment.no_change", *loc, place=f"{path_of(loc)} is")
        party = sent.text(*loc, "party")
        if party is not None and party not in register.parties:
            place, hint = f"{path_of((*loc, 'party'))} is", DidYouMean(party, register.parties)
            yield fault("amendment.unknown_party", *loc, "party", place=place, value=Shown(party), hint=hint)
    amended = [sent.members("data").get(name) for name in ("electorate", "name", "returning_officer", "candidates")]
    if not any(value is not None and value != {} for value in amended):
        yield fault("amendment.no_change", "data", place="The amendment is")
