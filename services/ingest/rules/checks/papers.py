"""Votes, rejected papers, papers and electors can be reconciled (docs/rules.md, "Figures that can be true")."""

from collections.abc import Iterator

from schemas.register import Contest, HoldLimits
from services.ingest.rules.checks.candidates import name_of
from services.ingest.rules.event.figures import Figures
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import Loc
from services.rules.papers import far_apart, papers_apart
from services.rules.verdicts import PAPERS_DO_NOT_RECONCILE, PAPERS_TOO_FEW


def check_rejected(figures: Figures) -> Iterator[Fault]:
    """Rejected papers are those rejected under each head, and at most all there were."""
    rejected, heads, papers = figures.rejected_papers, figures.rejected_by_head, figures.papers
    if rejected is not None and papers is not None and rejected > papers:
        yield fault("rejected.above_papers", *_rejected(figures), rejected=f"{rejected:,}", papers=f"{papers:,}")
    if heads is not None and figures.rejected not in (None, heads, heads + figures.rejected_in_part):
        with_those = (
            f" ({heads + in_part:,} with those rejected in part)" if (in_part := figures.rejected_in_part) else ""
        )
        facts = {"heads": f"{heads:,}", "with_those_in_part": with_those, "rejected": f"{figures.rejected:,}"}
        yield fault("rejected_by_head.do_not_add_up", "data", "rejected_by_head", **facts)


def check_electorate(figures: Figures, contest: Contest) -> Iterator[Fault]:
    """At most one paper an elector, and at most one vote for a candidate on a paper."""
    electorate = contest.electorate
    if electorate is None:
        return
    about = {"electorate": f"{electorate:,}", "contest": contest.name}
    rejected = figures.rejected_papers or 0
    if rejected > electorate:
        yield fault("rejected.above_electorate", *_rejected(figures), rejected=f"{rejected:,}", **about)
    for where, votes in figures.rounds():
        above = [candidate for candidate, number in votes.counts.items() if number > electorate]
        for candidate in above:
            facts = {"name": name_of(candidate, contest), "votes": f"{votes.counts[candidate]:,}"}
            yield fault("votes.above_electorate", *where, candidate, **facts, **about)
        if not above and rejected <= electorate:
            yield from check_voters(votes.total(contest), rejected, where, contest)
    if figures.papers is not None and figures.papers > electorate:
        yield fault("papers.above_electorate", "data", "papers", papers=f"{figures.papers:,}", **about)


def check_voters(valid: int, rejected: int, where: Loc, contest: Contest) -> Iterator[Fault]:
    """The votes at ``where`` and the rejected papers need no more voters than there are electors."""
    voters = -(-valid // contest.votes_per_paper) + rejected
    if contest.electorate is not None and voters > contest.electorate:
        facts = {"valid": f"{valid:,}", "rejected": f"{rejected:,}", "voters": f"{voters:,}"}
        about = {"electorate": f"{contest.electorate:,}", "contest": contest.name}
        yield fault("votes.total_above_electorate", *where, **facts, **about)


def check_papers(figures: Figures, contest: Contest, limits: HoldLimits) -> Iterator[Fault]:
    """Valid and rejected papers are the papers verified, or nearly; with n seats a paper has at most n votes.

    A difference that is not large is noted on the result; votes alone never need more papers than there are.
    """
    papers, rejected = figures.papers, figures.rejected_papers
    if papers is None or (rejected or 0) > papers:
        return
    for where, votes in figures.rounds():
        whole = votes is figures.votes and figures.complete(contest)
        counts = [number for name, number in votes.counts.items() if name in contest.candidates]
        large = far_apart(papers_apart(papers, counts, rejected, contest.votes_per_paper, whole=whole), papers, limits)
        if large and whole and contest.votes_per_paper == 1 and rejected is not None:
            yield _not_reconciled(votes.total(contest), rejected, papers)
            return
        usable = papers - (rejected or 0) if large else papers
        above = [candidate for candidate, number in votes.counts.items() if number > usable]
        for candidate in above:
            facts = {"name": name_of(candidate, contest), "votes": f"{votes.counts[candidate]:,}"}
            yield fault("votes.above_papers", *where, candidate, **facts, papers=f"{usable:,}")
        valid = votes.total(contest)
        if valid > contest.votes_per_paper * usable and not above:
            facts = {"valid": f"{valid:,}", "papers": f"{usable:,}", "seats": str(contest.votes_per_paper)}
            yield fault("votes.total_above_papers", *where, **facts)


def _not_reconciled(valid: int, rejected: int, papers: int) -> Fault:
    total = valid + rejected
    code = PAPERS_DO_NOT_RECONCILE if total < papers else PAPERS_TOO_FEW
    facts = {"valid": f"{valid:,}", "rejected": f"{rejected:,}", "total": f"{total:,}"}
    return fault(code, "data", "papers", **facts, papers=f"{papers:,}", difference=f"{abs(papers - total):,}")


def _rejected(figures: Figures) -> Loc:
    return ("data", "rejected_by_head" if figures.rejected is None else "rejected")
