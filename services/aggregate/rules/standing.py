"""What aggregate remembers of an election: register, what stands of each contest, tallies, control."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from schemas import tables
from schemas.control import Control
from schemas.events import ControlEvent, DeclarationEvent, ResultEvent, TallyEvent
from schemas.reading import read_ledger_event
from schemas.register import Register
from schemas.result import Progress
from schemas.tally import Tally
from services.aggregate.rules.control import BodyCount
from services.aggregate.rules.life import LIFE
from services.aggregate.rules.register_facts import NATIONAL, Facts, regions_of
from services.aggregate.rules.tally import UNDECLARED, Counted, RegionCount, counted

REGISTER: Final = "aggregate:register"
DECLARATIONS: Final = "aggregate:declarations"
RESULTS: Final = tables.RESULTS.name
TALLIES: Final = tables.TALLIES.name
CONTROL: Final = tables.CONTROL.name
"""The ``standing`` tables are public: anyone may read how things stand."""

NATIONAL_NAME: Final = "United Kingdom"


@dataclass(frozen=True, slots=True)
class Stands:
    """The declaration that stands, as it is on the ledger: there may be thousands, and few are read again."""

    revision: int
    ledger_entry: bytes

    @classmethod
    def decode(cls, ledger_entry: bytes) -> "Stands":
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


class Standing:
    """How an election stands."""

    def __init__(self, election: str) -> None:
        """Begin before the register is read."""
        self.election = election
        self.facts: Facts | None = None
        """What the register says; None before it is read."""
        self.declarations: dict[str, Stands] = {}
        self.results: dict[str, ResultEvent] = {}
        self.regions: dict[str, RegionCount] = {}
        self._counted: dict[str, Counted] = {}
        """What the result of each contest does to the tallies of its regions."""
        self.bodies: dict[str, BodyCount] = {}
        self.tallies: dict[str, Tally] = {}
        self.control: dict[str, Control] = {}
        self.changed: set[str] = set()
        """Regions whose tally may differ from the one published."""

    def keep_register(self, _field: str, register: Register) -> None:
        """Take the register, first or amended: everything that was counted is counted anew under it."""
        self.facts = Facts(register)
        self._counted.clear()
        names = {slug: region.name for slug, region in register.regions.items()}
        self.regions = {slug: RegionCount(slug, name) for slug, name in ({NATIONAL: NATIONAL_NAME} | names).items()}
        for ballot_id, contest in register.contests.items():
            for slug in regions_of(contest):
                self.regions[slug].expect(ballot_id, contest)
        self.bodies = {slug: BodyCount(slug, body) for slug, body in register.bodies.items()}
        for body in self.bodies.values():
            body.begin(register)
        results, self.results = self.results, {}
        for ballot_id, event in results.items():
            self.keep_result(ballot_id, event)
        self.changed.update(self.regions)

    def keep_declaration(self, ballot_id: str, stands: Stands) -> None:
        """Remember the declaration that stands, in place of the contest's earlier one."""
        self.declarations[ballot_id] = stands

    def keep_result(self, ballot_id: str, event: ResultEvent) -> None:
        """Count a result in place of the contest's earlier one."""
        if self.facts is None:
            raise LookupError(self.election)
        register, new = self.facts.register, event.data
        seats = register.contests[ballot_id].seats
        was, now = self._counted.get(ballot_id, UNDECLARED), counted(new)
        self._counted[ballot_id] = now
        for slug in new.regions:
            self.regions[slug].replace(ballot_id, seats, was, now)
        if new.body is not None:
            earlier = self.results.get(ballot_id)
            self.bodies[new.body].replace(register, None if earlier is None else earlier.data, new)
        self.results[ballot_id] = event
        self.changed.update(new.regions)

    def keep_tally(self, region: str, event: TallyEvent) -> None:
        """Remember what was published about a region, now that it was."""
        self.tallies[region] = event.data
        self.changed.discard(region)

    def restore_tally(self, region: str, event: TallyEvent) -> None:
        """Remember what was published about a region; results may have come since."""
        self.tallies[region] = event.data
        if self.tally(region) == event.data:
            self.changed.discard(region)

    def keep_control(self, body: str, event: ControlEvent) -> None:
        """Remember what was published about a body."""
        self.control[body] = event.data

    def tally(self, slug: str) -> Tally:
        """Return a region's standing now.

        Raises:
            LookupError: before the register is read.
        """
        if self.facts is None:
            raise LookupError(slug)
        return self.regions[slug].tally(self.facts.register.headline_baseline)

    def progress(self, regions: Iterable[str], declared: DeclarationEvent) -> tuple[Progress, ...]:
        """Return how far the regions of a contest are once ``declared`` stands."""
        was, now = self._counted.get(declared.data.ballot_id, UNDECLARED).life, LIFE[declared.data.kind]
        return tuple(self.regions[slug].progress(was, now) for slug in regions)
