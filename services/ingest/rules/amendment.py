"""An amendment of the register: how it is examined, and what accepting it does (docs/rules.md, "Amendments")."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from schemas.events import AmendmentEvent
from schemas.register import Amendment, CandidateAmendment, Contest, Register
from services.ingest.rules.checks.candidacies import check_answers, check_candidacies
from services.ingest.rules.checks.contest import check_contest, contest_of
from services.ingest.rules.checks.figures import check_figures
from services.ingest.rules.checks.new_parties import check_new_parties
from services.ingest.rules.checks.sitting import check_sitting
from services.ingest.rules.event.figures import figures_of
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.intake import CONTESTS, REGISTER, Intake, Remembered
from services.ingest.rules.reasons.faults import Fault, fault, reasons_for
from services.ingest.rules.reasons.wording import DidYouMean, Shown, path_of
from services.rules.amending import amended, amended_head, same

_CHANGES: Final = tuple(name for name in Amendment.model_fields if name not in ("ballot_id", "reason"))
"""The fields of an amendment that change something."""


def check_amendment(sent: Readable, election: str, register: Register | None) -> Iterator[Fault]:
    """The amendment changes something about a contest of this election."""
    yield from check_contest(sent, election, register)
    contest = contest_of(sent.event, register)
    if contest is not None and register is not None:
        yield from _check_changes(sent, contest, register)


def _check_changes(sent: Readable, contest: Contest, register: Register) -> Iterator[Fault]:
    changes = sent.members("data", "candidates")
    yield from check_new_parties(sent, register)
    added = sent.members("data", "parties")
    parties = {**register.parties, **added} if added else register.parties
    for candidate_id, change in changes.items():
        loc = ("data", "candidates", candidate_id)
        is_added = isinstance(change, Mapping) and change.get("stands") is True
        if candidate_id not in contest.candidates and not is_added:
            hint = DidYouMean(candidate_id, contest.candidates)
            yield fault("candidate.unknown", *loc, value=Shown(candidate_id), contest=contest.name, hint=hint)
        if isinstance(change, Mapping) and all(change.get(name) is None for name in CandidateAmendment.model_fields):
            yield fault("amendment.no_change", *loc, place=f"{path_of(loc)} is")
        party = sent.text(*loc, "party")
        if party is not None and party not in parties:
            place, hint = f"{path_of((*loc, 'party'))} is", DidYouMean(party, parties)
            yield fault("amendment.unknown_party", *loc, "party", place=place, value=Shown(party), hint=hint)
    yield from (check_answers if contest.voting_system == "referendum" else check_candidacies)(sent, contest)
    yield from check_sitting(sent, contest, register, parties)
    stated = [sent.members("data").get(name) for name in _CHANGES]
    if not any(value is not None and value != {} for value in stated):
        yield fault("amendment.no_change", "data", place="The amendment is")


def check_against_standing(intake: Intake, event: AmendmentEvent) -> Iterator[Fault]:
    """The amendment changes something, and the declaration that stands can be true of the contest as amended.

    What could not be true of the contest before is not the amendment's fault.

    Raises:
        LookupError: no register is loaded, or it does not list the contest or a candidate.
    """
    if intake.register is None:
        raise LookupError(intake.election)
    ballot_id = event.data.ballot_id
    contest = intake.register.contests[ballot_id]
    changed = amended(contest, event.data)
    if same(changed, contest) and amended_head(intake.register, event.data) is None:
        yield fault("amendment.no_change", "data", place="The amendment says what the register says, and is")
        return
    stated = intake.stated.get(ballot_id)
    if stated is None:
        return
    figures = figures_of(Readable({"data": json.loads(stated.declaration)}))
    known = {(found.code, found.loc) for found in check_figures(figures, contest, intake.register.holds)}
    where = ("data",) if event.data.electorate is None else ("data", "electorate")
    for found in check_figures(figures, changed, intake.register.holds):
        if (found.code, found.loc) not in known:
            facts = {"revision": stated.revision, "reason": reasons_for([found])[0].message}
            yield fault("amendment.contradicts", *where, **facts)


def accept_amendment(intake: Intake, event: AmendmentEvent, _sequence: int) -> tuple[Remembered, ...] | Fault:
    """Remember the contest as amended; what declarations rest on cannot be changed once there is one.

    That a poll is put off or called off rests on nothing: it is held with other candidates when one has died.

    Raises:
        LookupError: no register is loaded, or it does not list the contest or a candidate.
    """
    if intake.register is None:
        raise LookupError(intake.election)
    amendment, ballot_id = event.data, event.data.ballot_id
    contest = intake.register.contests[ballot_id]
    for candidate_id, change in amendment.candidates.items():
        if change.changes_who_stands and not intake.poll_to_come(ballot_id):
            return fault("amendment.declared_already", "data", "candidates", candidate_id, name=contest.name)
    head = amended_head(intake.register, amendment)
    baselines = amendment.headline_baseline, intake.register.headline_baseline
    if baselines[0] not in (None, baselines[1]) and not all(map(intake.poll_to_come, intake.contests)):
        return fault("amendment.declared_already", "data", "headline_baseline", name=intake.register.name)
    remembered = Remembered(CONTESTS, ballot_id, amended(contest, amendment))
    return (remembered,) if head is None else (Remembered(REGISTER, "election", head), remembered)
