"""Who stands from now on: an amendment that adds a candidate, takes one out or gives one another id."""

from collections import Counter
from collections.abc import Iterator, Mapping

from schemas.register import Contest
from services.ingest.rules.checks.register_size import check_local_counts
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.limits import CANDIDATES_MAX
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import Shown, path_of

_AT = ("data", "candidates")


def check_candidacies(sent: Readable, contest: Contest) -> Iterator[Fault]:
    """Who is added has name and party, nobody has the id of another, and somebody stands."""
    changes = sent.members(*_AT)
    ids: Counter[str] = Counter()
    for candidate_id in contest.candidates:
        change = changes.get(candidate_id)
        stated = change if isinstance(change, Mapping) else {}
        if stated.get("stands") is not False:
            ids[sent.text(*_AT, candidate_id, "id") or candidate_id] += 1
    for candidate_id, change in changes.items():
        if not isinstance(change, Mapping):
            continue
        loc = (*_AT, candidate_id)
        if change.get("stands") is True:
            ids[candidate_id] += 1
            yield from _check_added(change, candidate_id, contest)
        other = sent.text(*loc, "id")
        if other is not None and ids[other] > 1:
            yield fault("amendment.candidate_exists", *loc, "id", value=Shown(other), contest=contest.name)
    if not ids:
        yield fault("amendment.nobody_stands", *_AT, contest=contest.name)
    if len(ids) > CANDIDATES_MAX:
        size, limit = f"{len(ids):,}", f"{CANDIDATES_MAX:,}"
        yield fault("register.too_many", *_AT, place=path_of(_AT), size=size, limit=limit)
    if len(ids) > len(contest.candidates):
        yield from check_local_counts(contest.name, len(ids), len(contest.areas), *_AT)


def check_answers(sent: Readable, contest: Contest) -> Iterator[Fault]:
    """The answers of a referendum stay those of the register: only how they are written can be mended."""
    for candidate_id, change in sent.members(*_AT).items():
        stated = change if isinstance(change, Mapping) else {}
        if any(stated.get(name) is not None for name in ("party", "id", "stands")):
            yield fault("amendment.other_answers", *_AT, candidate_id, contest=contest.name)


def _check_added(change: Mapping[str, object], candidate_id: str, contest: Contest) -> Iterator[Fault]:
    loc = (*_AT, candidate_id)
    if candidate_id in contest.candidates:
        yield fault("amendment.candidate_exists", *loc, "stands", value=Shown(candidate_id), contest=contest.name)
        return
    for name in ("name", "party"):
        if change.get(name) is None:
            yield fault("amendment.candidate_incomplete", *loc, name, value=Shown(candidate_id), field=name)
