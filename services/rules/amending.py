"""Amending a contest. Pure: the service that checks and the one that publishes amend alike."""

import unicodedata

from schemas.register import Amendment, Candidate, CandidateAmendment, Contest, RegisterHead


def amended(contest: Contest, amendment: Amendment) -> Contest:
    """Return the contest as it is from now on; a field that the amendment leaves out stays as it was.

    Raises:
        KeyError: a candidate does not stand there; ingest refuses those.
    """
    changes: dict[str, object] = {"candidates": _candidates(contest, amendment)}
    for field in ("electorate", "name", "returning_officer"):
        if (value := getattr(amendment, field)) is not None:
            changes[field] = value
    if amendment.sitting is not None:
        changes["baseline"] = contest.baseline.model_copy(update={"sitting": amendment.sitting})
    return contest.model_copy(update=changes)


def same(contest: Contest, other: Contest) -> bool:
    """Return whether two contests differ in nothing that an amendment can change.

    Letters with their accents composed or not are the same, and so are holders of seats in another order.
    """
    return contest is other or _amendable(contest) == _amendable(other)


def _amendable(contest: Contest) -> tuple[object, ...]:
    sitting = contest.baseline.sitting
    held = () if sitting is None else [(holder.party, _composed(holder.name)) for holder in sitting.seats]
    return (
        contest.electorate,
        _composed(contest.name),
        _composed(contest.returning_officer),
        {key: one.model_copy(update={"name": _composed(one.name)}) for key, one in contest.candidates.items()},
        None if sitting is None else (sitting.notional, sorted(held)),
    )


def _composed(text: str | None) -> str:
    return unicodedata.normalize("NFC", text or "")


def amended_head(register: RegisterHead, amendment: Amendment) -> RegisterHead | None:
    """Return the register without its contests as it is from now on; None where it stays as it was."""
    changes: dict[str, object] = {}
    if amendment.headline_baseline not in (None, register.headline_baseline):
        changes["headline_baseline"] = amendment.headline_baseline
    if amendment.parties.keys() - register.parties.keys():
        changes["parties"] = register.parties | amendment.parties
    if not changes:
        return None
    head = {name: getattr(register, name) for name in RegisterHead.model_fields}
    return RegisterHead.model_construct(**head | changes)


def _candidates(contest: Contest, amendment: Amendment) -> dict[str, Candidate]:
    """Return who stands from now on, in the contest's order; who is added comes last."""
    changes = amendment.candidates
    added = {candidate_id: change for candidate_id, change in changes.items() if change.stands}
    if strangers := changes.keys() - contest.candidates.keys() - added.keys():
        raise KeyError(min(strangers))
    candidates: dict[str, Candidate] = {}
    for candidate_id, candidate in contest.candidates.items():
        change = changes.get(candidate_id, _NO_CHANGE)
        if change.stands is not False:
            candidates[change.id or candidate_id] = candidate.model_copy(update=_stated(change))
    for candidate_id, change in added.items():
        if change.name is None or change.party is None:
            raise KeyError(candidate_id)
        candidates.setdefault(candidate_id, Candidate(name=change.name, party=change.party))
    return candidates


_NO_CHANGE = CandidateAmendment()


def _stated(change: CandidateAmendment) -> dict[str, object]:
    stated = {"name": change.name, "party": change.party}
    return {field: value for field, value in stated.items() if value is not None}
