"""Whether the figures of a declaration can be true of its contest.

Source of the rules: domain.md, "Figures" and "Gain and hold". Every check works on what could be read, so that the
other faults of a declaration are told as well.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from schemas.register import Contest
from services.counting import TieWithoutLot, first_past_the_post, ranked
from services.ingest.rules.faults import Fault, fault
from services.ingest.rules.wording import DidYouMean, Shown, listed


@dataclass(frozen=True, slots=True)
class Figures:
    """What a declaration says, as far as it could be read."""

    votes: Mapping[str, int]
    """The figures that are counts, by candidate id, known or not."""
    named: Collection[str] | None
    """Everybody for whom something was given, a count or not; None when there are no votes to read at all."""
    elected: tuple[str, ...] | None
    """Who was declared elected; None when not stated or not readable."""
    lot: tuple[str, ...] | None
    """Who was chosen by lot; None when not readable, empty when not stated."""
    rejected: int | None
    """Papers rejected; None when not stated or not readable."""
    papers: int | None
    """Papers verified; None when not stated or not readable."""

    def valid(self, contest: Contest) -> int:
        """Return the votes for the contest's candidates; the others' may be theirs, misspelt, or nobody's."""
        return sum(votes for name, votes in self.votes.items() if name in contest.candidates)

    def complete(self, contest: Contest) -> bool:
        """Whether there is a count for every candidate and nobody else."""
        return self.votes.keys() == contest.candidates.keys() and len(self.named or ()) == len(self.votes)


def impossible(figures: Figures, contest: Contest | None) -> Iterator[Fault]:
    """Find everything that cannot be true; without a contest, what can be said without one."""
    yield from _named_twice(figures)
    if figures.rejected is not None and figures.papers is not None and figures.rejected > figures.papers:
        yield fault(
            "rejected.above_papers",
            *("data", "rejected"),
            rejected=f"{figures.rejected:,}",
            papers=f"{figures.papers:,}",
        )
    nobody = figures.named and len(figures.votes) == len(figures.named) and not any(figures.votes.values())
    if nobody:
        yield fault("votes.all_zero", "data", "votes")
    if contest is None:
        return
    yield from _candidates(figures, contest)
    yield from _electorate(figures, contest)
    yield from _papers(figures, contest)
    counting = _COUNTING.get(contest.voting_system)
    if counting is None:
        yield fault(
            "contest.voting_system_unsupported",
            *("data", "ballot_id"),
            contest=contest.name,
            system=contest.voting_system,
        )
    elif figures.complete(contest) and not nobody:
        yield from counting(figures, contest)


def _named_twice(figures: Figures) -> Iterator[Fault]:
    for part, names in (("elected", figures.elected), ("lot", figures.lot)):
        if names and len(set(names)) < len(names):
            seen: set[str] = set()
            for place, name in enumerate(names):
                if name in seen:
                    yield fault(f"{part}.twice", "data", part, place, value=Shown(name))
                seen.add(name)


def _candidates(figures: Figures, contest: Contest) -> Iterator[Fault]:
    known = contest.candidates
    if figures.named is not None:
        for name in figures.named:
            if name not in known:
                yield fault("candidate.unknown", "data", "votes", name, **_unknown(name, contest))
        for candidate_id, candidate in known.items():
            if candidate_id not in figures.named:
                yield fault(
                    "candidate.missing",
                    *("data", "votes", candidate_id),
                    name=candidate.name,
                    candidate=candidate_id,
                )
    for part, names in (("elected", figures.elected), ("lot", figures.lot)):
        for place, name in enumerate(names or ()):
            if name not in known:
                yield fault(f"{part}.unknown_candidate", "data", part, place, **_unknown(name, contest))


def _unknown(name: str, contest: Contest) -> dict[str, object]:
    return {"value": Shown(name), "contest": contest.name, "hint": DidYouMean(name, contest.candidates)}


def _electorate(figures: Figures, contest: Contest) -> Iterator[Fault]:
    """At most one paper an elector, and at most one vote for a candidate on a paper."""
    electorate = contest.electorate
    if electorate is None:
        return
    about = {"electorate": f"{electorate:,}", "contest": contest.name}
    above = [candidate for candidate, votes in figures.votes.items() if votes > electorate]
    for candidate in above:
        facts = {"name": _name(candidate, contest), "votes": f"{figures.votes[candidate]:,}"}
        yield fault("votes.above_electorate", "data", "votes", candidate, **facts, **about)
    rejected = figures.rejected or 0
    valid = figures.valid(contest)
    voters = -(-valid // contest.seats) + rejected
    if rejected > electorate:
        yield fault("rejected.above_electorate", "data", "rejected", rejected=f"{rejected:,}", **about)
    elif voters > electorate and not above:
        facts = {"valid": f"{valid:,}", "rejected": f"{rejected:,}", "voters": f"{voters:,}"}
        yield fault("votes.total_above_electorate", "data", "votes", **facts, **about)
    if figures.papers is not None and figures.papers > electorate:
        yield fault("papers.above_electorate", "data", "papers", papers=f"{figures.papers:,}", **about)


def _papers(figures: Figures, contest: Contest) -> Iterator[Fault]:
    """Valid and rejected papers are the papers verified; with n seats a paper has at most n votes."""
    papers, rejected = figures.papers, figures.rejected
    if papers is None or (rejected or 0) > papers:
        return
    valid = figures.valid(contest)
    if contest.seats == 1 and rejected is not None and figures.complete(contest):
        total = valid + rejected
        if total != papers:
            off = f"{papers - total:,} are missing" if total < papers else f"{total - papers:,} too many"
            facts = {"valid": f"{valid:,}", "rejected": f"{rejected:,}", "total": f"{total:,}"}
            yield fault("papers.do_not_reconcile", "data", "papers", **facts, papers=f"{papers:,}", difference=off)
        return
    usable = papers - (rejected or 0)
    above = [candidate for candidate, votes in figures.votes.items() if votes > usable]
    for candidate in above:
        facts = {"name": _name(candidate, contest), "votes": f"{figures.votes[candidate]:,}"}
        yield fault("votes.above_papers", "data", "votes", candidate, **facts, papers=f"{usable:,}")
    if valid > contest.seats * usable and not above:
        facts = {"valid": f"{valid:,}", "papers": f"{usable:,}", "seats": str(contest.seats)}
        yield fault("votes.total_above_papers", "data", "votes", **facts)


def _first_past_the_post(figures: Figures, contest: Contest) -> Iterator[Fault]:
    """Who is declared elected, and who was drawn by lot, must agree with the votes."""
    lot = figures.lot or ()
    try:
        elected = first_past_the_post(figures.votes, contest.seats, lot)
    except TieWithoutLot as tie:
        yield from _lot_against(tie, figures, contest)
        safe = {name for name, votes in figures.votes.items() if votes > figures.votes[tie.tied[0]]}
        yield from _elected_against(safe, safe.union(tie.tied), figures, contest)
        return
    if lot and not elected.by_lot:
        yield fault("lot.no_tie", "data", "lot")
    yield from _elected_against(set(elected.elected), set(elected.elected), figures, contest)


_COUNTING: Final[Mapping[str, Callable[[Figures, Contest], Iterator[Fault]]]] = {
    "first-past-the-post": _first_past_the_post
}
"""What follows from complete votes, by voting system."""


def _lot_against(tie: TieWithoutLot, figures: Figures, contest: Contest) -> Iterator[Fault]:
    if figures.lot is None:
        return
    tied = listed(_name(name, contest) for name in tie.tied)
    places = str(tie.places)
    if not figures.lot:
        votes = f"{figures.votes[tie.tied[0]]:,}"
        yield fault("lot.missing", "data", "lot", tied=tied, votes=votes, places=places)
        return
    if len(set(figures.lot)) != tie.places:
        yield fault("lot.wrong_number", "data", "lot", stated=str(len(set(figures.lot))), places=places, tied=tied)
    for place, name in enumerate(figures.lot):
        if name in contest.candidates and name not in tie.tied:
            yield fault("lot.not_tied", "data", "lot", place, name=_name(name, contest), tied=tied)


def _elected_against(
    surely: Collection[str], possibly: Collection[str], figures: Figures, contest: Contest
) -> Iterator[Fault]:
    if figures.elected is None or not contest.candidates.keys() >= set(figures.elected):
        return
    stated = set(figures.elected)
    seats = min(contest.seats, len(contest.candidates))
    if len(stated) != seats:
        facts = {"stated": f"{len(stated)}", "contest": contest.name, "seats": str(seats)}
        yield fault("elected.wrong_number", "data", "elected", **facts)
    if stated - set(possibly) or (len(stated) >= seats and set(surely) - stated):
        most = [name for name in ranked(figures.votes) if name in possibly]
        yield fault(
            "elected.not_most_votes",
            *("data", "elected"),
            stated=listed(_name(name, contest) for name in figures.elected),
            counted=listed(f"{_name(name, contest)} ({figures.votes[name]:,})" for name in most),
        )


def _name(candidate_id: str, contest: Contest) -> str:
    known = contest.candidates.get(candidate_id)
    return Shown(candidate_id).__str__() if known is None else known.name
