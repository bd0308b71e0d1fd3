"""A message about a contest: it was sent to the contest's election, and says which contest once."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.register import Contest, Register
from schemas.rehearsals import rehearsed
from services.ingest.rules.checks.rehearsal import check_rehearsal
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import DidYouMean, Shown


def contest_of(event: Mapping[str, Any], register: Register | None) -> Contest | None:
    """Return the contest that ``data`` names or, where that leads nowhere, the subject."""
    if register is None:
        return None
    data = event.get("data")
    named = data.get("ballot_id") if isinstance(data, dict) else None
    for stated in (named, event.get("subject")):
        if isinstance(stated, str) and stated in register.contests:
            return register.contests[stated]
    return None


def check_contest(sent: Readable, election: str, register: Register | None) -> Iterator[Fault]:
    """The message is about one contest of this election, whose register is loaded."""
    yield from _check_names(sent, election, register)
    if register is None:
        yield fault("register.not_loaded", election=election)
    else:
        yield from check_rehearsal(sent, election, rehearsed=register.test)


def _check_names(sent: Readable, election: str, register: Register | None) -> Iterator[Fault]:
    subject, ballot_id = sent.text("subject"), sent.text("data", "ballot_id")
    if ballot_id is None:
        return
    if subject is not None and subject != ballot_id:
        facts = {"subject": Shown(subject), "ballot_id": Shown(ballot_id)}
        yield fault("subject.not_the_contest", "subject", **facts)
    if register is not None and ballot_id in register.contests:
        return
    # A rehearsal has the contests of the election that is rehearsed.
    kind, _, day = rehearsed(election).rpartition(".")
    if not (ballot_id.startswith(f"{kind}.") and ballot_id.endswith(f".{day}")):
        yield fault("contest.other_election", "data", "ballot_id", value=Shown(ballot_id), election=election)
    elif register is not None:
        hint = DidYouMean(ballot_id, register.contests)
        yield fault("contest.unknown", "data", "ballot_id", value=Shown(ballot_id), election=election, hint=hint)
