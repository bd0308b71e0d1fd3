"""What every message is made of: strict scalars, and the two bases of all models."""

import ast
import inspect
import re
import sys
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import pairwise
from typing import Annotated, Final, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

VOTES_MAX: Final = 1_000_000_000
"""No count of papers anywhere is larger: the electorate of the whole United Kingdom is under 50 million."""

REVISION_MAX: Final = 999
"""A contest corrected a thousand times is a fault in the sender, not an election."""

NAME_LENGTH_MAX: Final = 200
"""Characters in a name or an id; the longest registered party description has 140."""

_INVISIBLES: Final = (
    r"\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    r"\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
)
"""Inside of a character class, as Python and pydantic's own engine both read it."""

_INVISIBLE = re.compile(f"[{_INVISIBLES}]")
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)


class _Message(BaseModel):
    """A message, or a part of one.

    Every command and service imports all messages and uses a few: each is built when it is first used, and the
    docstrings of its fields are read when somebody asks for its JSON Schema.
    """

    model_config = ConfigDict(strict=True, frozen=True, defer_build=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        written = handler(schema)
        properties = handler.resolve_ref_schema(written).get("properties", {})
        for name, meaning in field_docstrings(cls).items():
            if name in properties:
                properties[name].setdefault("description", meaning)
        return written


@cache
def field_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstring of each field of a model, its bases' included."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        # `Event[Tally]` has no source of its own: its fields are those of `Event`.
        if issubclass(each, BaseModel) and each is not BaseModel and not each.__pydantic_generic_metadata__["origin"]:
            for field, below in pairwise(_classes(each.__module__)[each.__name__].body):
                match field, below:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                        found[name] = inspect.cleandoc(text)
    return found


@cache
def _classes(module: str) -> dict[str, ast.ClassDef]:
    """Return the source of each class of a module."""
    nodes = ast.walk(ast.parse(inspect.getsource(sys.modules[module])))
    return {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}


class Sent(_Message):
    """A message that others send to us, or a part of one. An unknown field is an error: it is most likely misspelt."""

    model_config = ConfigDict(extra="forbid")


class Published(_Message):
    """A message that we publish, or a part of one. An unknown field is from a later release, and is dropped.

    Dropped, not kept: what a service writes must follow from what it knows. Were an unknown field carried on, a stage
    that has restored its state would write other bytes than one that has derived it.
    """

    model_config = ConfigDict(extra="ignore")


def has_invisible_character(text: str) -> bool:
    """Whether ``text`` holds a control, zero-width or text-direction character, which nobody can see or say."""
    return _INVISIBLE.search(text) is not None


def moment(timestamp: str) -> datetime:
    """Return the instant that a checked timestamp names."""
    return datetime.fromisoformat(timestamp)


class _Visible:
    """Refuses invisible characters in pydantic's own engine: a result has 40 names, and Python is slow to be called."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[str], handler: GetCoreSchemaHandler) -> CoreSchema:
        visible = core_schema.custom_error_schema(
            core_schema.str_schema(pattern=f"^[^{_INVISIBLES}]*$"),
            "invisible_character",
            custom_error_message="holds an invisible or text-direction character",
        )
        return core_schema.chain_schema([handler(source), visible])

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        # Not a pattern that every reader of JSON Schema would understand.
        return handler(schema["steps"][0])


@lru_cache(maxsize=1_000)
def _instant(text: str) -> str:
    # What was accepted in one batch bears the same few times, on every event that follows from it.
    if not _RFC3339.fullmatch(text):
        raise PydanticCustomError("not_a_time", "is not a time written like 2024-05-03T03:12:00+01:00")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("not_a_time", "names a day or an hour that does not exist") from None
    if moment.tzinfo is None:
        raise PydanticCustomError("no_offset", "has no offset from UTC: write +01:00 in summer, Z in winter")
    try:
        moment.astimezone(UTC)
    except OverflowError:
        # With its offset it lies before the year 1 or after 9999.
        raise PydanticCustomError("not_a_time", "names a day or an hour that does not exist") from None
    return text


_DEMOCRACY_CLUB = r"^[a-z0-9]+(?:\.[a-z0-9-]+)*\.[0-9]{4}-[0-9]{2}-[0-9]{2}$"

ElectionId = Annotated[str, Field(pattern=_DEMOCRACY_CLUB, max_length=NAME_LENGTH_MAX)]
"""Democracy Club's id of a group: one polling day and one kind of office, ``pcc.2024-05-02``."""

BallotId = Annotated[str, Field(pattern=_DEMOCRACY_CLUB, max_length=NAME_LENGTH_MAX)]
"""Democracy Club's id of one contest, ``pcc.norfolk.2024-05-02``."""

CandidateId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._:-]*$", max_length=NAME_LENGTH_MAX)]
"""Democracy Club's person id where known, else a slug of the name; unique within the contest."""

PartyId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$", max_length=NAME_LENGTH_MAX)]
"""The Electoral Commission's id (``PP53``), ``joint-party:53-119``, ``ynmp-party:2``, or the register's own."""

RegionSlug = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=NAME_LENGTH_MAX)]
"""A stable name of a grouping of contests: ``east-of-england``, ``itv-anglia``, ``uk``."""

NATIONAL: Final = "uk"
"""Slug of the national grouping, to which every contest belongs."""

NATIONAL_NAME: Final = "United Kingdom"
"""Its name."""

Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX), _Visible]
"""Text for people, without control or text-direction characters."""

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
"""A colour on charts, ``#RRGGBB``."""

Votes = Annotated[int, Field(ge=0, le=VOTES_MAX)]
"""A count of votes, papers or electors: a whole number, never a fraction, a text or a truth value."""

TransferredVotes = Annotated[str, Field(pattern=r"^[0-9]{1,9}(?:\.[0-9]{1,5})?$")]
"""Votes with the fractions of a vote that transfers bring: a decimal in a string, ``806.07214``, so that no reader
turns it into a binary fraction. At most five decimals (Scotland), two in Northern Ireland."""

Transfer = Annotated[str, Field(pattern=r"^-?[0-9]{1,9}(?:\.[0-9]{1,5})?$")]
"""Votes that a candidate receives or, below zero, gives away: a decimal in a string, like ``TransferredVotes``."""


@lru_cache(maxsize=10_000)
def in_parts(votes: str) -> int:
    """Return ``TransferredVotes``, or a ``Transfer``, in whole hundred-thousandths of a vote: five decimals."""
    whole, _, decimals = votes.partition(".")
    return int(whole + decimals.ljust(5, "0"))


Revision = Annotated[int, Field(ge=1, le=REVISION_MAX)]
"""1 for the first declaration of a contest, one more for each correction."""

Sequence = Annotated[int, Field(ge=1, le=2_147_483_647)]
"""Place of an event on its stream, without gaps from 1; the bound is CloudEvents' 32-bit Integer."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256, in hex."""

KeyId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""Names a key: the thumbprint of its JWK (RFC 7638), SHA-256 in base64url."""

PublicKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""An Ed25519 key in base64url: the member ``x`` of its JWK."""

PersonId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=60)]
"""Names somebody who holds a key, without telling who that is."""

Timestamp = Annotated[str, AfterValidator(_instant), Field(json_schema_extra={"format": "date-time"})]
"""RFC 3339 with an offset, kept as it was written."""

Percent = Annotated[float, Field(ge=0)]
"""Per cent, two decimals, rounded half up."""

FROM_TABLE: Final = "from a table"
"""As the context of a validation: what is read is no message that somebody sends, but a public table."""


def _known_or_later(value: object, known: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
    try:
        return known(value)
    except ValidationError:
        if info.context == FROM_TABLE and isinstance(value, str):
            return value
        raise


MAY_GROW: Final = WrapValidator(_known_or_later)
"""Marks a word of which a later release may know more. Who sends an unknown one is refused; who reads one in a public
table gets it as it is."""

Item = TypeVar("Item")
Array = Annotated[tuple[Item, ...], Strict(strict=False)]
"""A JSON array, kept as a tuple; only the container is lax, its items stay strict."""
