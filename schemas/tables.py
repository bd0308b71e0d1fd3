"""The public tables: which elections there are, and how each stands now.

A stream says what happened, a table what holds. Each table is a Redis hash of one election, ``{pcc.2024-05-02}:`` and
the table's name, and is written in one step with the streams: whoever reads tables and the last entry of each stream
in one transaction (``MULTI``) has them as of one moment.
"""

from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar

from pydantic import BaseModel

from schemas import streams
from schemas.events import ControlEvent, ResultEvent, TallyEvent
from schemas.register import Contest, RegisterHead
from schemas.streams import Stream
from schemas.wire import FROM_TABLE, BallotId, RegionSlug

Value_co = TypeVar("Value_co", bound=BaseModel, covariant=True)


@dataclass(frozen=True, slots=True)
class Table(Generic[Value_co]):
    """A public table that every election has."""

    name: str
    """Last part of its key."""
    fields: str
    """What its fields are named by."""
    field: object
    """The same as a type."""
    value: type[Value_co]
    """What each field holds, as JSON."""
    purpose: str
    """One sentence."""
    stream: Stream | None = None
    """The stream on which each value was published; None for what is no event."""
    writer: str = "aggregate"
    """The service that writes it."""

    def read(self, value: bytes) -> Value_co:
        """Return what a field holds, for a reader, whoever has written it.

        Fields that only a later release knows are passed over, at every depth; its words (a voting system, a kind of
        body) are as they are.

        Raises:
            ValidationError: it is not what the table is to hold.
        """
        return self.value.model_validate_json(value, extra="ignore", context=FROM_TABLE)

    def restore(self, value: bytes) -> Value_co:
        """Return what a field holds, for a service that goes on from it.

        What followed from a voting system that this release does not know would be wrong.

        Raises:
            ValidationError: it is not what the table is to hold, or has a word that only a later release knows.
        """
        return self.value.model_validate_json(value, extra="ignore")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The stream that names every election. Its entries are no events."""

    key: str
    """Its key."""
    field: str
    """The field with an election's id."""
    operator: str
    """The field with the thumbprint of its operator's key; left out where the election asks for no signatures."""
    purpose: str
    """One sentence."""


CATALOGUE: Final = Catalogue(
    "tallywire:elections",
    "election",
    "operator",
    "Names every election there is, in the order in which they were loaded, with the thumbprint of the operator's key "
    "where signatures are asked for. An id may occur twice, and may be garbage: the first entry counts.",
)


@dataclass(frozen=True, slots=True)
class Deposited:
    """The hash with the last signed head of an election's ledger that somebody has deposited."""

    name: str
    """Last part of its key."""
    note: str
    """The field with the signed head."""
    deposited: str
    """The field with the time at which it came."""
    purpose: str
    """One sentence."""


CHECKPOINT: Final = Deposited(
    "checkpoint",
    "note",
    "deposited",
    "The last signed head of the ledger that a signer elsewhere has deposited, and when, by the server's clock. It is "
    "a signed note, which proves something to whoever has the signer's public key; no service verifies it.",
)


@dataclass(frozen=True, slots=True)
class Picture:
    """The hash with how an election's map is drawn. It is a picture: nothing follows from it."""

    name: str
    """Last part of its key."""
    digest: str
    """The field with the SHA-256 of the drawing, so that nobody reads it twice."""
    drawing: str
    """The field with the drawing, as JSON."""
    purpose: str
    """One sentence."""


MAP: Final = Picture(
    "map",
    "digest",
    "drawing",
    "How the map of the election is drawn, where its pack has brought one (docs/packs.md); `tallywire election load` "
    "writes it. It is no part of the ledger: nothing follows from it.",
)

REGISTER: Final = Table(
    "standing:register",
    "one field, `election`",
    Literal["election"],
    RegisterHead,
    "The election: its name, parties, regions and bodies, without the contests.",
)
CONTESTS: Final = Table(
    "standing:contests",
    "ballot id",
    BallotId,
    Contest,
    "Every contest, as amended so far.",
)
RESULTS: Final = Table(
    "standing:results",
    "ballot id",
    BallotId,
    ResultEvent,
    "The result that stands of each contest about which something was declared.",
    streams.RESULTS,
)
TALLIES: Final = Table(
    "standing:tallies",
    "slug of the region",
    RegionSlug,
    TallyEvent,
    "How each region stands.",
    streams.TALLIES,
)
CONTROL: Final = Table(
    "standing:control",
    "slug of the body",
    RegionSlug,
    ControlEvent,
    "Who runs each council or parliament.",
    streams.RESULTS,
)

TABLES: Final[tuple[Table[BaseModel], ...]] = (REGISTER, CONTESTS, RESULTS, TALLIES, CONTROL)
"""Every public table."""
