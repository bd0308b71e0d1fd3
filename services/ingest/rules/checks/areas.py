"""Local counts: known areas, each once, which add up to the whole where there is a whole."""

from collections.abc import Iterator, Mapping

from schemas.register import Contest
from services.ingest.rules.checks.candidates import check_complete, check_known, name_of, required_candidates
from services.ingest.rules.checks.papers import check_voters
from services.ingest.rules.event.figures import AreaFigures, Figures, Votes
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import DidYouMean, Loc, Shown


def check_areas(areas: tuple[AreaFigures, ...], figures: Figures, contest: Contest) -> Iterator[Fault]:
    """Check the local counts: those of all areas beside the votes, those of some areas in a message of progress."""
    yield from _check_names(areas, contest)
    for area in areas:
        yield from check_known(area.votes, (*_where(area), "votes"), contest)
    known = _known(areas, contest)
    if figures.votes is None:
        valid = sum(area.votes.total(contest) for area in areas)
        rejected = sum(area.rejected or 0 for area in areas)
        yield from check_voters(valid, rejected, ("data", "areas"), contest)
        return
    if all(area.name is not None for area in areas):
        for name in contest.areas:
            if name not in known:
                yield fault("area.left_out", "data", "areas", area=name)
    yield from _check_same_candidates(known, figures.votes, figures, contest)
    if len(known) == len(areas) == len(set(contest.areas)):
        yield from _check_sums(areas, figures.votes, contest)
        yield from _check_rejected_sum(areas, figures)


def _where(area: AreaFigures) -> Loc:
    return ("data", "areas", area.place)


def _check_names(areas: tuple[AreaFigures, ...], contest: Contest) -> Iterator[Fault]:
    known, seen = frozenset(contest.areas), set[str]()
    for area in areas:
        if area.name is None:
            continue
        if area.name not in known:
            facts = {"value": Shown(area.name), "hint": DidYouMean(area.name, contest.areas)}
            yield fault("area.unknown", *_where(area), "area", contest=contest.name, **facts)
        elif area.name in seen:
            yield fault("area.twice", *_where(area), "area", value=Shown(area.name))
        seen.add(area.name)


def _known(areas: tuple[AreaFigures, ...], contest: Contest) -> dict[str, AreaFigures]:
    """Return the count of each of the contest's areas, the last one if there are several."""
    named = {area.name: area for area in areas}
    return {name: named[name] for name in contest.areas if name in named}


def _check_same_candidates(
    known: Mapping[str, AreaFigures], whole: Votes, figures: Figures, contest: Contest
) -> Iterator[Fault]:
    """Every area counts votes for the same candidates as the whole."""
    counted = set[str]().union(*(area.votes.named or () for area in known.values()))
    named = [name for name in contest.candidates if name in counted or name in (whole.named or ())]
    for area_name, area in known.items():
        yield from check_complete(area.votes, named, (*_where(area), "votes"), contest, area_name)
    checked = required_candidates(figures, contest)
    yield from check_complete(whole, [name for name in named if name not in checked], ("data", "votes"), contest)


def _check_sums(areas: tuple[AreaFigures, ...], whole: Votes, contest: Contest) -> Iterator[Fault]:
    for name, votes in whole.counts.items():
        counts = [area.votes.counts[name] for area in areas if name in area.votes.counts]
        if len(counts) == len(areas) and sum(counts) != votes:
            facts = {"name": name_of(name, contest), "areas": f"{sum(counts):,}", "whole": f"{votes:,}"}
            yield fault("areas.do_not_add_up", "data", "votes", name, **facts)


def _check_rejected_sum(areas: tuple[AreaFigures, ...], figures: Figures) -> Iterator[Fault]:
    """Rejected papers add up when every area states them; those of some areas are no more than all."""
    rejected = figures.rejected_papers
    stated = [area.rejected for area in areas if area.rejected is not None]
    if rejected is None or not stated:
        return
    if sum(stated) > rejected or (len(stated) == len(areas) and sum(stated) != rejected):
        facts = {"areas": f"{sum(stated):,}", "whole": f"{rejected:,}"}
        yield fault("areas.rejected_do_not_add_up", "data", "areas", **facts)
