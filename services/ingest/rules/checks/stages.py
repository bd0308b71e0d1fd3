"""The stages of a count by single transferable vote (docs/rules.md, "Single transferable vote")."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from schemas.register import Contest
from schemas.wire import in_parts
from services.ingest.rules.checks.candidates import name_of
from services.ingest.rules.event.figures import Figures
from services.ingest.rules.limits import REASONS_MAX
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import DidYouMean, Loc, Shown, listed
from services.rules.systems.declared_count import DeclaredCount, DeclaredStage, StageFinding
from services.rules.systems.declared_stages import follow
from services.rules.winners import RULES, TRANSFERABLE

_STAGES: Loc = ("data", "stages")


def check_stages_are_for(figures: Figures, contest: Contest) -> Iterator[Fault]:
    """Only a count by single transferable vote has stages; only Northern Ireland's is declared stage by stage."""
    if contest.voting_system != TRANSFERABLE:
        if figures.stages_stated:
            yield fault("stages.not_for_contest", *_STAGES, contest=contest.name)
        if figures.quota is not None:
            yield fault("quota.not_for_contest", "data", "quota", contest=contest.name)
    if figures.kind == "stage" and contest.counting_rules != "northern-ireland":
        yield fault("kind.not_for_contest", "data", "kind", contest=contest.name)


def check_stages(figures: Figures, contest: Contest) -> Iterator[Fault]:
    """The stages follow one from the other as the contest's rules have it, and elect those declared elected."""
    if figures.votes is None or not figures.complete(contest):
        return
    if figures.stages_stated and figures.stages is None:
        return
    # Those that nobody is told are not put into words either.
    strangers = list(islice(_check_candidates(figures, contest), REASONS_MAX + 1))
    yield from strangers
    if strangers or not contest.candidates.keys() >= set(figures.elected or ()):
        return
    count = DeclaredCount(
        seats=contest.seats,
        votes=figures.votes.counts,
        stages=None if figures.stages is None else tuple(map(_declared, figures.stages)),
        quota=figures.quota,
        elected=figures.elected,
        lot=figures.lot or (),
        whole=figures.kind != "stage",
    )
    for found in follow(RULES[contest.counting_rules], count).refused:
        yield _fault(found, contest)


def _check_candidates(figures: Figures, contest: Contest) -> Iterator[Fault]:
    for place, stage in enumerate(figures.stages or ()):
        for part in ("of", "totals", "transfers", "elected", "lot"):
            for step, name in enumerate(stage.get(part) or ()):
                if name not in contest.candidates:
                    at = name if part in {"totals", "transfers"} else step
                    facts = {"value": Shown(name), "hint": DidYouMean(name, contest.candidates)}
                    yield fault("stages.unknown_candidate", *_STAGES, place, part, at, contest=contest.name, **facts)


def _declared(stage: Mapping[str, Any]) -> DeclaredStage:
    transfers, left, elected = stage.get("transfers"), stage.get("non_transferable"), stage.get("elected")
    return DeclaredStage(
        action=stage["action"],
        of=tuple(stage["of"]),
        totals={one: in_parts(votes) for one, votes in stage["totals"].items()},
        transfers=None if transfers is None else {one: in_parts(votes) for one, votes in transfers.items()},
        non_transferable=None if left is None else in_parts(left),
        elected=None if elected is None else tuple(elected),
        lot=tuple(stage.get("lot") or ()),
    )


def _fault(found: StageFinding, contest: Contest) -> Fault:
    """Put a finding in its place: the stages of a declaration begin with the second."""
    loc: Loc = ("data", "quota") if found.code.startswith("quota.") else _STAGES
    if found.code == "stages.others_elected":
        loc = ("data", "elected")
    elif found.stage > 1:
        loc = (*_STAGES, found.stage - 2, *((found.figure,) if found.figure else ()))
        if found.candidate is not None and found.figure in {"totals", "transfers"}:
            loc = (*loc, found.candidate)
    names = {key: listed(name_of(one, contest) for one in those) for key, those in found.names.items()}
    who = "" if found.candidate is None else name_of(found.candidate, contest)
    return fault(found.code, *loc, stage=found.stage, name=who, contest=contest.name, **found.facts, **names)
