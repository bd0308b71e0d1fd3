"""The envelope: CloudEvents 1.0 in JSON, and the types that Tallywire knows."""

import re
from collections.abc import Mapping
from functools import partial
from operator import is_
from typing import Annotated, Any, Final, Generic, Literal, TypeVar, cast, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from schemas.closing import Closing
from schemas.control import Control
from schemas.declaration import Declaration, TypedEntry
from schemas.headline import Headline
from schemas.hold import Confirmation, Hold
from schemas.key import Key
from schemas.parked import Parked
from schemas.receipt import Receipt, Refusal
from schemas.register import Amendment, Register
from schemas.result import Result
from schemas.signatures import SIGNATURE_LENGTH_MAX
from schemas.tally import Tally
from schemas.wire import NAME_LENGTH_MAX, ElectionId, Name, PersonId, Published, Sequence, Timestamp

Data = TypeVar("Data", bound=BaseModel)

Value = TypeVar("Value")
Given = Annotated[Value | None, Field(exclude_if=partial(is_, None))]
"""An attribute that is left out, not null, when nobody gave it. (Runs in pydantic-core: seven calls an event.)"""

OURS: Final = ("sequence", "acceptedtime", "groupend", "chain", "signature", "person", "confirmedby")
"""Attributes that only Tallywire gives: nobody else may send them."""

EXTENSION_NAME: Final = "^[a-z0-9]+$"
"""How CloudEvents 1.0 names attributes: lower-case letters and digits."""

INTEGERS: Final = range(-(2**31), 2**31)
"""The whole numbers that a CloudEvents attribute can be."""

_EXTENSIONS_OPEN: Final[JsonDict] = {
    "propertyNames": {"pattern": EXTENSION_NAME},
    "additionalProperties": {
        "type": ["string", "integer", "boolean", "null"],
        "minimum": INTEGERS[0],
        "maximum": INTEGERS[-1],
    },
}


_JSON_TYPE = re.compile(r"(?:application|text)/(?:[a-z0-9.+_-]+\+)?json\s*(?:;[ -~]*)?", re.IGNORECASE)
"""RFC 6839: any type that ends in ``+json`` is JSON."""


def _json_type(value: object) -> str:
    if not isinstance(value, str) or _JSON_TYPE.fullmatch(value) is None:
        raise PydanticCustomError("not_json", "is not the media type of JSON")
    return value


JsonType = Annotated[str, BeforeValidator(_json_type), Field(max_length=NAME_LENGTH_MAX)]
"""A media type of JSON."""


class Event(Published, Generic[Data]):
    """A CloudEvent. Attributes nobody gave are absent, not null; within ``data`` what is unknown is null."""

    specversion: Literal["1.0"] = "1.0"
    """Version of CloudEvents."""
    id: Name
    """Unique among the events of one ``source``."""
    source: Name
    """Who made the event, a URI reference: ``/count-centres/norfolk``."""
    type: str
    """What kind of event it is."""
    subject: Name
    """What it is about: the ballot id, for a tally the region, for a register the election."""
    time: Given[Timestamp] = None
    """When the sender made it; on the events that Tallywire derives, when their cause was accepted."""
    datacontenttype: Given[JsonType] = None
    """The media type of ``data``: that of JSON, with or without parameters (``application/json; charset=utf-8``)."""
    dataschema: Given[Annotated[str, Field(max_length=NAME_LENGTH_MAX)]] = None
    """Where the sender says the schema of ``data`` is; not used."""
    test: bool = False
    """True for a rehearsal (CloudEvents extension): never to be published as real."""
    data: Data
    """The message."""
    sequence: Given[Sequence] = None
    """Place on its stream, without gaps from 1 for each election (CloudEvents extension); Tallywire gives it."""

    def encode(self) -> bytes:
        """Return the event as JSON."""
        return self.__pydantic_serializer__.to_json(self)


class SentEvent(Event[Data], Generic[Data]):
    """An event that others send; on the ledger, with what Tallywire adds.

    ``data`` is closed, the envelope is not: any extension attribute of CloudEvents may be there, except ``OURS``. It is
    kept on the ledger with the sender's bytes, and not looked at. Which attributes are extensions is judged by ingest,
    in words; this model passes over what it does not know.
    """

    model_config = ConfigDict(json_schema_extra=_EXTENSIONS_OPEN)

    election: Given[ElectionId] = None
    """The election that it is meant for (extension); a signed event has to say it, and is refused in another one."""
    acceptedtime: Given[Timestamp] = None
    """On the ledger: when the entry was read from the declarations stream, by the server's clock (extension)."""
    signature: Given[Annotated[str, Field(max_length=SIGNATURE_LENGTH_MAX)]] = None
    """On the ledger: the sender's signature over the bytes that were sent (extension, docs/signatures.md)."""
    person: Given[PersonId] = None
    """On the ledger: who signed it, as the key is enrolled (extension)."""
    confirmedby: Given[PersonId] = None
    """On the ledger: who confirmed a declaration that was held (extension)."""
    groupend: Given[bool] = None
    """On the ledger: true on the last entry of a group that was taken in one step; tallies are published there."""
    chain: Given[Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = None
    """On the ledger: SHA-256 over this entry and all before it (extension); `tallywire verify` recomputes it."""


def type_name(event: type[Event[Any]]) -> str:
    """Return the type of an event as it is written: ``tallywire.declaration.v1``."""
    return str(event.model_fields["type"].default)


def data_model(event: type[Event[Any]]) -> type[BaseModel]:
    """Return the model of an event's ``data``."""
    return cast("type[BaseModel]", event.model_fields["data"].annotation)


class RegisterEvent(SentEvent[Register]):
    """An election is described."""

    type: Literal["tallywire.register.v1"] = "tallywire.register.v1"
    """The type of this event."""


class AmendmentEvent(SentEvent[Amendment]):
    """A loaded register is amended."""

    type: Literal["tallywire.amendment.v1"] = "tallywire.amendment.v1"
    """The type of this event."""


class DeclarationEvent(SentEvent[Declaration]):
    """A returning officer declares."""

    type: Literal["tallywire.declaration.v1"] = "tallywire.declaration.v1"
    """The type of this event."""


class KeyEvent(SentEvent[Key]):
    """A key is enrolled or retired."""

    type: Literal["tallywire.key.v1"] = "tallywire.key.v1"
    """The type of this event."""


class ConfirmationEvent(SentEvent[Confirmation]):
    """Another person decides on a declaration that is held."""

    type: Literal["tallywire.confirmation.v1"] = "tallywire.confirmation.v1"
    """The type of this event."""


class EntryEvent(SentEvent[TypedEntry]):
    """A person has typed the figures of a contest."""

    type: Literal["tallywire.entry.v1"] = "tallywire.entry.v1"
    """The type of this event."""


class ClosingEvent(SentEvent[Closing]):
    """The operator closes the election, or opens it again."""

    type: Literal["tallywire.closing.v1"] = "tallywire.closing.v1"
    """The type of this event."""


class HoldEvent(SentEvent[Hold]):
    """A declaration waits for a second person. Only ingest writes it."""

    type: Literal["tallywire.hold.v1"] = "tallywire.hold.v1"
    """The type of this event."""


class ReceiptEvent(Event[Receipt]):
    """The sender of an entry is told what became of it."""

    type: Literal["tallywire.receipt.v1"] = "tallywire.receipt.v1"
    """The type of this event."""


class RefusalEvent(Event[Refusal]):
    """A refused entry is kept."""

    type: Literal["tallywire.refusal.v1"] = "tallywire.refusal.v1"
    """The type of this event."""


class ResultEvent(Event[Result]):
    """A contest has a result, or another one than before."""

    type: Literal["tallywire.result.v1"] = "tallywire.result.v1"
    """The type of this event."""


class TallyEvent(Event[Tally]):
    """A region's standing changed."""

    type: Literal["tallywire.tally.v1"] = "tallywire.tally.v1"
    """The type of this event."""


class ControlEvent(Event[Control]):
    """A body's seats or its control changed."""

    type: Literal["tallywire.control.v1"] = "tallywire.control.v1"
    """The type of this event."""


class HeadlineEvent(Event[Headline]):
    """There is something to say."""

    type: Literal["tallywire.headline.v1"] = "tallywire.headline.v1"
    """The type of this event."""


class ParkedEvent(Event[Parked]):
    """One of our own rules failed on an entry."""

    type: Literal["tallywire.parked.v1"] = "tallywire.parked.v1"
    """The type of this event."""


SendableEvent = (
    RegisterEvent | AmendmentEvent | DeclarationEvent | KeyEvent | ConfirmationEvent | EntryEvent | ClosingEvent
)
"""The types that may be sent to us and, once accepted, are on the ledger. The one table of them: ``SENT``, ``EVENTS``,
the streams ``declarations`` and ``ledger`` and all documents follow from it (docs/messages.md)."""

LedgerEvent = SendableEvent | HoldEvent
"""The types on the ledger: those, and what ingest itself writes there."""

SENT: Final[Mapping[str, type[SendableEvent]]] = {type_name(event): event for event in get_args(SendableEvent)}
"""The types that may be sent, by the name of the type."""

ON_LEDGER: Final[Mapping[str, type[LedgerEvent]]] = {type_name(event): event for event in get_args(LedgerEvent)}
"""The types on the ledger, by the name of the type."""

ResultsEvent = ResultEvent | ControlEvent
"""What is on the results stream."""

_WHEN_USED: Final = ConfigDict(defer_build=True)

LEDGER_EVENT: Final[TypeAdapter[LedgerEvent]] = TypeAdapter(
    Annotated[LedgerEvent, Field(discriminator="type")], config=_WHEN_USED
)
"""Reads an entry of the ledger by its type."""

RESULTS_EVENT: Final[TypeAdapter[ResultsEvent]] = TypeAdapter(
    Annotated[ResultsEvent, Field(discriminator="type")], config=_WHEN_USED
)
"""Reads an entry of the results stream by its type."""

EVENTS: Final[tuple[type[Event[Any]], ...]] = (
    *ON_LEDGER.values(),
    ReceiptEvent,
    RefusalEvent,
    ResultEvent,
    TallyEvent,
    ControlEvent,
    HeadlineEvent,
    ParkedEvent,
)
"""Every event type, in the order in which an election meets them."""
