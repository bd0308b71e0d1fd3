"""Who a declaration names: the candidates of the contest, each once, and nobody else."""

from collections.abc import Collection, Iterable, Iterator

from schemas.register import Contest
from schemas.wire import has_invisible_character
from services.ingest.rules.event.figures import Figures
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import DidYouMean, Loc, Shown, shown


def check_named_once(figures: Figures) -> Iterator[Fault]:
    """Nobody is declared elected twice, or drawn by lot twice."""
    for part, names in (("elected", figures.elected), ("lot", figures.lot)):
        if names and len(set(names)) < len(names):
            seen: set[str] = set()
            for place, name in enumerate(names):
                if name in seen:
                    yield fault(f"{part}.twice", "data", part, place, value=Shown(name))
                seen.add(name)


def check_candidates(figures: Figures, contest: Contest) -> Iterator[Fault]:
    """Everybody who is named is a candidate, and every candidate is named whose votes must be given."""
    for where, votes in figures.rounds():
        yield from check_known(votes.named, where, contest)
    if figures.votes is not None:
        required = required_candidates(figures, contest)
        yield from check_complete(figures.votes.named, required, ("data", "votes"), contest)
    for part, names in (("elected", figures.elected), ("lot", figures.lot)):
        for place, name in enumerate(names or ()):
            if name not in contest.candidates:
                yield fault(f"{part}.unknown_candidate", "data", part, place, **_unknown(name, contest))


def required_candidates(figures: Figures, contest: Contest) -> Collection[str]:
    """Return whose votes must be given: everybody's; beside a final round, at least those of who reached it.

    Source: Derbyshire 2021 (docs/rules.md, "Figures that can be true").
    """
    final = figures.final_round
    if final is None:
        return contest.candidates
    return [name for name in contest.candidates if name in (final.named or ())]


def check_known(named: Iterable[str] | None, where: Loc, contest: Contest) -> Iterator[Fault]:
    """Everybody who has votes at ``where`` is a candidate; a name with invisible characters has a fault of its own."""
    for name in named or ():
        if name not in contest.candidates and not has_invisible_character(name):
            yield fault("candidate.unknown", *where, name, **_unknown(name, contest))


def check_complete(
    named: Collection[str] | None, required: Iterable[str], where: Loc, contest: Contest, area: str = ""
) -> Iterator[Fault]:
    """Everybody in ``required`` has votes at ``where``; ``area`` is the local area they were counted in."""
    if named is None:
        return
    for name in required:
        if name not in named:
            facts = {"name": name_of(name, contest), "candidate": name, "area": area and f" in {area}"}
            yield fault("candidate.missing", *where, name, **facts)


def name_of(candidate_id: str, contest: Contest) -> str:
    """Return the candidate's name, or the id as it was written."""
    known = contest.candidates.get(candidate_id)
    return shown(candidate_id) if known is None else known.name


def _unknown(name: str, contest: Contest) -> dict[str, object]:
    return {"value": Shown(name), "contest": contest.name, "hint": DidYouMean(name, contest.candidates)}
