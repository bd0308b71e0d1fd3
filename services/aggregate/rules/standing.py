"""What aggregate remembers of an election: its register, the declaration and result that stand, its tallies."""

from typing import ClassVar, Final

from schemas.events import DeclarationEvent, ResultEvent, TallyEvent
from schemas.register import Register
from schemas.tally import Tally
from services.aggregate.rules.result import NATIONAL, regions_of
from services.aggregate.rules.tally import RegionCount

REGISTER: Final = "aggregate:register"
DECLARATIONS: Final = "aggregate:declarations"
RESULTS: Final = "standing:results"
TALLIES: Final = "standing:tallies"
"""The two ``standing`` tables are public: anyone may read how things stand."""

NATIONAL_NAME: Final = "United Kingdom"


class Standing:
    """How an election stands."""

    tables: ClassVar[tuple[str, ...]] = (REGISTER, DECLARATIONS, RESULTS, TALLIES)

    def __init__(self, election: str) -> None:
        """Begin before the register is read."""
        self.election = election
        self.register: Register | None = None
        self.declarations: dict[str, DeclarationEvent] = {}
        self.results: dict[str, ResultEvent] = {}
        self.regions: dict[str, RegionCount] = {}
        self.tallies: dict[str, Tally] = {}
        self.changed: set[str] = set()
        """Regions whose tally may differ from the one published."""

    def keep_register(self, register: Register) -> None:
        """Take the register, first or amended: regions keep their counts, names and expectations are new."""
        self.register = register
        members: dict[str, int] = dict.fromkeys((*register.regions, NATIONAL), 0)
        for ballot_id in register.contests:
            for slug in regions_of(register, ballot_id):
                members[slug] += 1
        for slug, expected in members.items():
            name = register.regions[slug].name if slug in register.regions else NATIONAL_NAME
            region = self.regions.setdefault(slug, RegionCount(slug, name, expected))
            region.name, region.expected = name, expected
        self.changed.update(members)

    def keep_result(self, event: ResultEvent) -> None:
        """Count a result in place of the contest's earlier one."""
        old = self.results.get(event.data.ballot_id)
        for slug in event.data.regions:
            self.regions[slug].replace(old.data if old else None, event.data, event.data.headline_baseline)
        self.results[event.data.ballot_id] = event
        self.changed.update(event.data.regions)

    def keep_tally(self, event: TallyEvent) -> None:
        """Remember what was published about a region."""
        self.tallies[event.data.region] = event.data
        if self.tally(event.data.region) == event.data:
            self.changed.discard(event.data.region)

    def tally(self, slug: str) -> Tally:
        """Return a region's standing now.

        Raises:
            LookupError: before the register is read.
        """
        if self.register is None:
            raise LookupError(slug)
        return self.regions[slug].tally(self.register.headline_baseline)
