"""What aggregate remembers of an election: the register, what stands of each contest, what was published."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from schemas import tables
from schemas.control import Control
from schemas.events import ControlEvent, DeclarationEvent, ResultEvent, TallyEvent
from schemas.reading import read_ledger_event
from schemas.register import Contest, Register, RegisterHead
from schemas.result import Progress, Result
from schemas.tally import Tally
from schemas.wire import NATIONAL, NATIONAL_NAME
from services.aggregate.rules.control import BodyCount
from services.aggregate.rules.life import Life
from services.aggregate.rules.register_details import RegisterDetails, regions_of
from services.aggregate.rules.review import Review
from services.aggregate.rules.tally import (
    UNDECLARED,
    Contribution,
    RegionCount,
    contribution,
    gives_list_seats,
    seats_of,
)
from services.rules.neighbours import Neighbours, measure
from services.rules.winners import Winners

REGISTER: Final = tables.REGISTER.name
"""One field, ``election``: the register without its contests."""
CONTESTS: Final = tables.CONTESTS.name
"""The contests as amended, by ballot id."""
DECLARATIONS: Final = "aggregate:declarations"
"""The ledger entry of the declaration that stands, by ballot id."""
RESULTS: Final = tables.RESULTS.name
TALLIES: Final = tables.TALLIES.name
CONTROL: Final = tables.CONTROL.name
"""The last event about each contest, region and body. The ``standing`` tables are public."""
WINNERS: Final = "aggregate:winners"
"""Who was elected by the last result of each contest that elected somebody, by ballot id."""
CHANGED: Final = "aggregate:changed"
"""By region, the contests whose result changed its tally since that was published."""
HOLDS: Final = "aggregate:holds"
"""By ballot id, the open holds that would change who is elected."""

NO_HOLDS: Final = Review()


@dataclass(frozen=True, slots=True)
class StandingDeclaration:
    """The declaration that stands, as it is on the ledger: there may be thousands, and few are read again."""

    revision: int
    ledger_entry: bytes

    @classmethod
    def decode(cls, ledger_entry: bytes) -> "StandingDeclaration":
        """Return the declaration that a ledger entry is about.

        Raises:
            OfLaterRelease: only a later release understands it.
            ValueError: it is no declaration.
        """
        event = read_ledger_event(ledger_entry)
        if not isinstance(event, DeclarationEvent):
            message = f"{event.type} is no declaration"
            raise ValueError(message)  # noqa: TRY004  # the stored value is wrong, not the type of an argument
        return cls(event.data.revision, ledger_entry)

    def event(self) -> DeclarationEvent:
        """Return the declaration."""
        return DeclarationEvent.model_validate_json(self.ledger_entry)

    def encode(self) -> bytes:
        """Return the ledger entry."""
        return self.ledger_entry


@dataclass(frozen=True, slots=True)
class Changed:
    """The contests whose result changed a region's tally since that was published."""

    ballot_ids: tuple[str, ...] = ()
    """Sorted."""

    def encode(self) -> bytes:
        """Return it as stored."""
        return json.dumps(self.ballot_ids, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, value: bytes) -> "Changed":
        """Return it from its stored form."""
        return cls(tuple(json.loads(value)))


@dataclass(slots=True)
class Standing:
    """How an election stands."""

    election: str
    details: RegisterDetails | None = None
    """The register as amended so far, and what results repeat of it; None before it is read."""
    declarations: dict[str, StandingDeclaration] = field(default_factory=dict)
    results: dict[str, ResultEvent] = field(default_factory=dict)
    regions: dict[str, RegionCount] = field(default_factory=dict)
    bodies: dict[str, BodyCount] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    """As published."""
    control: dict[str, Control] = field(default_factory=dict)
    """As published."""
    changed: dict[str, Changed] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    winners: dict[str, Winners] = field(default_factory=dict)
    """Who was elected last; it stays when the result is withdrawn."""
    neighbours: Neighbours = field(default_factory=Neighbours)
    """The figures that stand, to compare others with."""
    _contributions: dict[str, Contribution] = field(default_factory=dict)
    """What the result of each contest adds to the tallies of its regions."""
    region_of: dict[str, str] = field(default_factory=dict)
    """By ballot id of a constituency, that of the region whose list seats depend on it."""
    _last: tuple[Result | None, Contribution] = (None, UNDECLARED)
    """A result with what it adds: asked for before the result is kept, and again when it is."""

    @property
    def register(self) -> Register:
        """The register as amended so far.

        Raises:
            LookupError: before it is read.
        """
        return self.known_details.register

    @property
    def known_details(self) -> RegisterDetails:
        """The register's details.

        Raises:
            LookupError: before it is read.
        """
        if self.details is None:
            raise LookupError(self.election)
        return self.details

    def keep_register(self, _field: str, head: RegisterHead) -> None:
        """Take the register, whose contests come after it; or one that was amended, and has the same contests."""
        if self.details is not None:
            self.details.register = head.with_contests(self.details.register.contests)
            return
        self.details = RegisterDetails(head.with_contests({}))
        names = {slug: region.name for slug, region in head.regions.items()}
        self.regions = {slug: RegionCount(slug, name) for slug, name in ({NATIONAL: NATIONAL_NAME} | names).items()}
        self.bodies = {slug: BodyCount.of(slug, body, head) for slug, body in head.bodies.items()}

    def keep_contest(self, ballot_id: str, contest: Contest) -> None:
        """Take a contest of the register, first or amended.

        An amendment changes neither regions nor seats, so that only who may still win there can differ.
        """
        register = self.register
        earlier = register.contests.get(ballot_id)
        self.known_details.put(ballot_id, contest)
        self.region_of.update(dict.fromkeys(contest.constituencies, ballot_id))
        if earlier is None:
            for slug in regions_of(contest):
                self.regions[slug].expect(ballot_id, contest)
        if contest.body is not None and self._contributions.get(ballot_id, UNDECLARED).life.awaited:
            body = self.bodies[contest.body]
            if earlier is None:
                body.add(register, ballot_id, contest)
            else:
                stands = self.results.get(ballot_id)
                so_far = None if stands is None else stands.data
                body.close(register, ballot_id, earlier, so_far)
                body.open(register, ballot_id, contest, so_far)
        if ballot_id in self.results:
            self._compare(ballot_id, self.results[ballot_id].data)

    def keep_declaration(self, ballot_id: str, declaration: StandingDeclaration) -> None:
        """Remember the declaration that stands, in place of the contest's earlier one."""
        self.declarations[ballot_id] = declaration

    def keep_result(self, ballot_id: str, event: ResultEvent) -> None:
        """Count a result in place of the contest's earlier one."""
        register, result = self.register, event.data
        contest = register.contests[ballot_id]
        seats, on_list = seats_of(contest), gives_list_seats(contest)
        old, new = self._contributions.get(ballot_id, UNDECLARED), self._contribution(result)
        self._contributions[ballot_id] = new
        for slug in result.regions:
            self.regions[slug].replace(ballot_id, seats, old, new, on_list=on_list)
        if result.body is not None:
            earlier = self.results.get(ballot_id)
            self.bodies[result.body].replace(register, None if earlier is None else earlier.data, result)
        self.results[ballot_id] = event
        self._compare(ballot_id, result)

    def keep_winners(self, ballot_id: str, winners: Winners) -> None:
        """Remember who was elected last."""
        self.winners[ballot_id] = winners

    def _compare(self, ballot_id: str, result: Result) -> None:
        """Add a result to those that others are compared with."""
        votes = {one.candidate: one.votes for one in result.candidates if one.votes is not None}
        counted = votes if result.kind == "declared" else None
        contest = self.register.contests[ballot_id]
        self.neighbours.put(ballot_id, measure(self.register, ballot_id, contest, counted))

    def keep_tally(self, region: str, event: TallyEvent) -> None:
        """Remember what was published about a region."""
        self.tallies[region] = event.data

    def keep_changed(self, region: str, changed: Changed) -> None:
        """Remember whose result changed a region's tally since that was published."""
        self.changed[region] = changed

    def keep_review(self, ballot_id: str, review: Review) -> None:
        """Remember which holds of a contest are open."""
        self.reviews[ballot_id] = review

    def review(self, ballot_id: str) -> Review:
        """Return the open holds of a contest."""
        return self.reviews.get(ballot_id, NO_HOLDS)

    def keep_control(self, body: str, event: ControlEvent) -> None:
        """Remember what was published about a body."""
        self.control[body] = event.data

    def changed_by(self, result: Result) -> Iterator[tuple[str, Changed]]:
        """Return the regions whose tally a new result changes, each with all that changed it since its last tally."""
        ballot_id = result.ballot_id
        if self._contributions.get(ballot_id, UNDECLARED).equals(self._contribution(result)):
            return
        for slug in result.regions:
            earlier = self.changed.get(slug, Changed()).ballot_ids
            if ballot_id not in earlier:
                yield slug, Changed(tuple(sorted((*earlier, ballot_id))))

    def _contribution(self, result: Result) -> Contribution:
        if self._last[0] is not result:
            self._last = result, contribution(result)
        return self._last[1]

    def due_tallies(self) -> Iterator[Tally]:
        """Return the tallies that differ from what was published, by slug.

        Raises:
            LookupError: before the register is read.
        """
        baseline = self.register.headline_baseline
        for slug in sorted(self.regions):
            changed, published = self.changed.get(slug, Changed()).ballot_ids, self.tallies.get(slug)
            if published is not None and not changed and published.baseline == baseline:
                continue
            tally = self.regions[slug].tally(baseline, changed)
            if published is None or tally.model_copy(update={"changed": published.changed}) != published:
                yield tally

    def progress(
        self, ballot_id: str, regions: Iterable[str], life: Life, *, under_review: bool
    ) -> tuple[Progress, ...]:
        """Return how far the regions of a contest are once it has a result with that life, under review or not."""
        was, now = self._contributions.get(ballot_id, UNDECLARED), Contribution(life, {}, under_review)
        contest = self.register.contests[ballot_id]
        return tuple(self.regions[slug].progress(was, now, contest) for slug in regions)
