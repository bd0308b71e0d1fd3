"""Amending a register. Pure: the service that checks and the one that publishes amend alike."""

from schemas.register import Amendment, Contest, Register


def amended(register: Register, amendment: Amendment) -> Register:
    """Return the register with one contest changed; a field the amendment leaves out stays as it was.

    Raises:
        KeyError: the contest or a candidate is not in the register; ingest refuses those.
    """
    contest = register.contests[amendment.ballot_id]
    candidates = dict(contest.candidates)
    for candidate_id, change in amendment.candidates.items():
        stated = {"name": change.name, "party": change.party}
        known = {field: value for field, value in stated.items() if value is not None}
        candidates[candidate_id] = candidates[candidate_id].model_copy(update=known)
    changes: dict[str, object] = {"candidates": candidates}
    for field in ("electorate", "name", "returning_officer"):
        if (value := getattr(amendment, field)) is not None:
            changes[field] = value
    changed: Contest = contest.model_copy(update=changes)
    return register.model_copy(update={"contests": {**register.contests, amendment.ballot_id: changed}})
