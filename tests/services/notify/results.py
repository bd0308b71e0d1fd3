"""Synthetic results, built as aggregate would: invented people in Testshire and Testward, real party ids."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from schemas.declaration import DeclarationKind
from schemas.events import ResultEvent
from schemas.register import Number
from schemas.result import (
    CandidateResult,
    ContestName,
    Labels,
    Outcome,
    Outcomes,
    PartyName,
    Progress,
    Result,
    Superseded,
    Swing,
    Turnout,
)

CON, LAB, LD, GREEN, SNP, IND, SPEAKER = "PP52", "PP53", "PP90", "PP63", "PP102", "ynmp-party:2", "ynmp-party:12522"
WORKERS: Final = "PP11382"

ACCEPTED: Final = "2030-05-03T02:00:00.000Z"


COLOURS: Final = {CON: "#0087DC", LAB: "#E4003B", LD: "#FAA61A", GREEN: "#02A95B", SNP: "#FDF38E"}


def _party(spoken: str, abbreviation: str, party: str, number: Number = "singular") -> PartyName:
    return PartyName(
        name=spoken,
        spoken=spoken,
        number=number,
        abbreviation=abbreviation,
        counts_as=party,
        colour=COLOURS.get(party),
    )


PARTIES: Final = {
    CON: _party("Conservatives", "Con", CON, "plural"),
    LAB: _party("Labour", "Lab", LAB),
    LD: _party("Liberal Democrats", "LD", LD, "plural"),
    GREEN: _party("Greens", "Green", GREEN, "plural"),
    SNP: _party("SNP", "SNP", SNP),
    WORKERS: _party("Workers Party", "WPB", WORKERS),
    IND: _party("Independent", "Ind", IND),
    SPEAKER: _party("The Speaker", "Spk", SPEAKER),
}

PEOPLE: Final = {
    "ann": ("Ann Example", CON),
    "bob": ("Bob Sample", LAB),
    "cay": ("Cay Specimen", LD),
    "dan": ("Dan Trial", GREEN),
    "eve": ("Eve Pattern", IND),
}


@dataclass(frozen=True)
class Contest:
    """A synthetic contest, and what was declared about it so far."""

    name: str = "Testshire"
    ballot_id: str = "pcc.testshire.2030-05-02"
    seats: int = 1
    people: Mapping[str, tuple[str, str]] = field(default_factory=lambda: PEOPLE)
    """Name and party by candidate id."""
    before: Sequence[str] | None = (CON,)
    """Parties that held the seats; None where unknown."""
    sitting: Sequence[str] = ()
    """Candidates who held a seat."""
    first_time: bool | None = None
    electorate: int | None = 100_000
    body: str | None = None
    by_election: bool = False
    regions: tuple[str, ...] = ("north-testing", "uk")
    progress: tuple[Progress, ...] = ()
    system: str | None = None
    """The voting system; first past the post, or the supplementary vote where there is a final round, when None."""
    said: ResultEvent | None = None
    """The last result."""

    def then(
        self,
        kind: DeclarationKind = "declared",
        votes: Mapping[str, int] | None = None,
        *,
        final: Mapping[str, int] | None = None,
        elected: Sequence[str] = (),
        amended: bool = False,
        nobody: bool = False,
        **fields: object,
    ) -> "Contest":
        """Return the contest after one more declaration; ``amended`` means an amendment of the register instead.

        ``nobody``: nobody is elected by the votes, which are equal, or first preferences.
        """
        earlier = None if self.said is None else self.said.data
        revision = 1 if earlier is None else earlier.revision + (not amended)
        votes = votes or {}
        deciding = final or votes
        order = sorted(self.people, key=lambda one: (-deciding.get(one, -1), -votes.get(one, -1), one))
        elected = () if nobody else elected or (order[: self.seats] if votes else ())
        parties = [self.people[one][1] for one in elected]
        found = None if self.before is None or not elected else self._outcome(parties, self.before)
        margin = None
        if votes and elected and len(deciding) > self.seats:
            margin = deciding[elected[-1]] - max(
                (count for one, count in deciding.items() if one not in elected), default=0
            )
        valid = sum(votes.values()) if votes else None
        turnout = None if valid is None or self.electorate is None or self.seats > 1 else 100 * valid / self.electorate
        result: dict[str, object] = {
            "ballot_id": self.ballot_id,
            "revision": revision,
            "kind": kind,
            "counts": kind in ("declared", "uncontested"),
            "contest": ContestName(
                name=self.name,
                office="synthetic office",
                office_slug="synthetic-office",
                by_election=self.by_election,
                voting_system=self.system or ("supplementary-vote" if final else "first-past-the-post"),
                seats=self.seats,
            ),
            "regions": self.regions,
            "body": self.body,
            "body_name": None if self.body is None else self.body.replace("-", " ").title(),
            "elected": tuple(elected),
            "labels": Labels(previous_election=None, sitting=None),
            "outcomes": Outcomes(previous_election=found, sitting=found),
            "parties_elected": tuple(parties),
            "headline_baseline": "previous_election",
            "first_time": self.first_time if elected else None,
            "majority": margin,
            "lot": False,
            "rounds": 2 if final else 1 if votes else 0,
            "valid_votes": valid,
            "rejected": None,
            "electorate": self.electorate,
            "turnout": Turnout(valid_votes=turnout, papers=None),
            "swing": None,
            "candidates": tuple(
                CandidateResult(
                    candidate=one,
                    name=self.people[one][0],
                    party=self.people[one][1],
                    votes=votes.get(one),
                    share=None,
                    elected=one in elected,
                    final_votes=(final or {}).get(one),
                    sitting=one in self.sitting,
                )
                for one in order
            ),
            "parties": PARTIES,
            "declared_at": None,
            "progress": self.progress,
            "supersedes": None if earlier is None or self.said is None else _superseded(self.said.id, earlier),
        }
        event = ResultEvent(
            id=f"{self.event.id}-amended" if amended else f"{self.ballot_id}:result:{revision}",
            source="/synthetic",
            subject=self.ballot_id,
            time=ACCEPTED,
            data=Result.model_validate(result | fields),
        )
        return replace(self, said=event)

    @property
    def event(self) -> ResultEvent:
        """The last result."""
        assert self.said is not None
        return self.said

    def _outcome(self, parties: Sequence[str], before: Sequence[str]) -> Outcome:
        now, then = Counter(parties), Counter(before)
        held, gained, lost = now & then, now - then, then - now
        won = Counter() if before else gained
        gained = gained if before else Counter()
        main = won or gained or held
        return Outcome(
            change="win" if won else "gain" if gained else "hold",
            party=next(iter(main)) if len(main) == 1 else None,
            previous_party=next(iter(lost)) if gained and len(lost) == 1 else None,
            held=dict(held),
            gained=dict(gained),
            lost=dict(lost),
            won=dict(won),
            ambiguous=len(gained) > 1 and len(lost) > 1,
            holder_changed=False,
            notional=False,
        )


def _superseded(event_id: str, was: Result) -> Superseded:
    return Superseded(
        event_id=event_id,
        revision=was.revision,
        kind=was.kind,
        elected=was.elected,
        labels=was.labels,
        outcomes=was.outcomes,
        majority=was.majority,
        votes={one.candidate: one.votes for one in was.candidates if one.votes is not None},
        final_votes={one.candidate: one.final_votes for one in was.candidates if one.final_votes is not None},
        electorate=was.electorate,
        parties_elected=was.parties_elected,
        rejected=was.rejected,
        under_review=was.under_review,
    )


def contest(**fields: object) -> Contest:
    """Return Testshire, where the Conservatives held the one seat; ``fields`` replace what is so."""
    return Contest(**fields)  # type: ignore[arg-type]  # the fields are the class's own


def ward(seats: int, before: Sequence[str] | None, **fields: object) -> Contest:
    """Return Testward, with several seats and two candidates of each party."""
    people = {
        f"{one}{number}": (f"{name} {number}", party)
        for one, (name, party) in PEOPLE.items()
        for number in ("One", "Two", "Three")[:seats]
    }
    people = {one.lower(): person for one, person in people.items()}
    ballot_id = "local.testing.testward.2030-05-02"
    given: dict[str, object] = {"name": "Testward", "ballot_id": ballot_id, "seats": seats, "people": people}
    return contest(before=before, **(given | fields))


def votes(*elected: str, of: Contest, margin: int = 300) -> dict[str, int]:
    """Return votes by which these are elected, in this order, the last one by ``margin``."""
    others = [one for one in of.people if one not in elected]
    least = 5_000
    top = {one: least + margin + 100 * place for place, one in enumerate(reversed(elected))}
    return top | {one: least - 200 * place for place, one in enumerate(others)}


def swing(to: str, from_: str, points: float) -> Swing:
    """Return a swing."""
    return Swing(to_party=to, from_party=from_, points=points)


def progress(region: str, name: str, declared: int, expected: int) -> Progress:
    """Return how far a region is."""
    return Progress(region=region, name=name, declared=declared, expected=expected)
