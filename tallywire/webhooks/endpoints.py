"""Endpoints: where webhooks go, as the operator has said. The worker reads them, and writes how far each one is."""

import base64
import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Final, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.rehearsals import is_rehearsal
from tallywire.client.errors import UnreadableError
from tallywire.publishing.filters import Filter, read_filter

ENDPOINTS: Final = "tallywire:webhooks:endpoints"
"""The table of endpoints by name. It holds their secrets: only the operator and the worker read it."""

LEAD: Final = "tallywire:webhooks:lead"
"""Which worker sends, until when."""

ENDPOINTS_MAX: Final = 100
"""Endpoints of a server: each has a connection, a task and a place of its own. Who has more subscribers publishes
feeds."""

URL_LENGTH_MAX: Final = 2_000
"""Characters of an endpoint's URL."""

SECRET_BYTES: Final = 32
"""As Standard Webhooks asks for: between 24 and 64."""

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
"""What an endpoint may be called."""


def progress_key(endpoint_id: str) -> str:
    """Return the key of the table that says how far an endpoint is."""
    return f"tallywire:webhooks:progress:{endpoint_id}"


class _Stored(BaseModel):
    # What a later release adds is passed over.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Secret(_Stored):
    """What webhooks are signed with."""

    text: str = Field(repr=False)
    """As the receiver has it: ``whsec_`` and base64."""
    until: float | None = None
    """Until when it is used beside a newer one, in seconds since 1970."""


class Replay(_Stored):
    """What is to be sent again."""

    number: int = 0
    """Counts the replays of an endpoint, so that each is done once."""
    election: str = ""
    """Of which election; empty for what is parked, of all."""
    cursor: str = ""
    """After which cursor; ``0`` from the beginning."""
    stream: str = ""
    sequence: int = 0
    """Or from which event of which stream on."""


class Endpoint(_Stored):
    """Where webhooks go."""

    name: str
    id: str
    """Names how far it is. One that is added again under the same name begins anew."""
    url: str = Field(repr=False)
    """Its path may be a secret of the receiver."""
    secrets: tuple[Secret, ...]
    """The newest first."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Its filter, as in a query."""
    elections: tuple[str, ...] = ()
    """Which ones; all but rehearsals where none is named."""
    begin: Mapping[str, tuple[int, int, int, int]] = {}
    """Where it begins: entries of the ledger and events of results, tallies and headlines, by election. Any other
    election begins at its beginning."""
    allow_private: bool = False
    """Whether it may be at an address that only our network can reach."""
    paused: bool = False
    resumed: int = 0
    """How often it was resumed: an endpoint that has answered with 410 is stopped until then."""
    replay: Replay | None = None

    @property
    def wanted(self) -> Filter:
        """What it wants."""
        return read_filter(self.parameters)

    @property
    def host(self) -> str:
        """The host that its URL names, for logs."""
        return urlsplit(self.url).hostname or ""

    def takes(self, election: str) -> bool:
        """Whether it wants events of an election."""
        return election in self.elections if self.elections else not is_rehearsal(election)

    def signing(self, now: float) -> tuple[str, ...]:
        """Return the secrets that are signed with at a time, the newest first."""
        return tuple(one.text for one in self.secrets if one.until is None or now < one.until)

    def encode(self) -> bytes:
        """Return it as stored."""
        return self.model_dump_json().encode()


def decode(stored: Mapping[bytes, bytes]) -> Iterator[Endpoint]:
    """Yield the endpoints in the table, by name.

    Raises:
        UnreadableError: one is none.
    """
    for name, value in sorted(stored.items()):
        try:
            yield Endpoint.model_validate_json(value)
        except ValidationError as error:
            shown = ascii(name.decode(errors="replace"))
            raise UnreadableError(f"What {ENDPOINTS} holds of {shown} is no endpoint.") from error


def new_secret() -> str:
    """Return a secret as Standard Webhooks writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def check_url(url: str) -> None:
    """Check that webhooks can be sent to a URL, as far as it says so itself.

    Raises:
        ValueError: they cannot.
    """
    needed = "A URL is needed that webhooks can be posted to: https://HOST/PATH"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(needed) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or not url.isprintable():
        raise ValueError(needed)
    if len(url) > URL_LENGTH_MAX:
        raise ValueError(f"The URL is longer than {URL_LENGTH_MAX:,} characters.")
    if "@" in parts.netloc:
        raise ValueError("Leave the user and password out of the URL: webhooks are signed, that is how you know them.")
    if parts.fragment:
        raise ValueError("Leave out what stands after the #: it is not sent.")


def stored_endpoints(answer: object) -> dict[str, Endpoint]:
    """Return the endpoints by name, from what the server answers of the table."""
    return {one.name: one for one in decode(cast("dict[bytes, bytes]", answer))}
