"""Amending a contest. Pure: the service that checks and the one that publishes amend alike."""

from schemas.register import Amendment, Contest


def amended(contest: Contest, amendment: Amendment) -> Contest:
    """Return the contest as it is from now on; a field that the amendment leaves out stays as it was.

    Raises:
        KeyError: a candidate does not stand there; ingest refuses those.
    """
    candidates = dict(contest.candidates)
    for candidate_id, change in amendment.candidates.items():
        stated = {"name": change.name, "party": change.party}
        known = {field: value for field, value in stated.items() if value is not None}
        candidates[candidate_id] = candidates[candidate_id].model_copy(update=known)
    changes: dict[str, object] = {"candidates": candidates}
    for field in ("electorate", "name", "returning_officer"):
        if (value := getattr(amendment, field)) is not None:
            changes[field] = value
    return contest.model_copy(update=changes)
