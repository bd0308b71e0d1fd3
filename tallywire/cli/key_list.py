"""The keys of an election, as a person or a program reads them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, cast

from rich.console import Console

from schemas.wire import moment
from services.ingest.rules.authority import ROLES
from services.ingest.rules.signed_state import EnrolledKey
from tallywire.cli.screen import print_lines, write_values
from tallywire.client.connection import Connection
from tallywire.client.people import Holder, read_holder
from tallywire.people.enrolling import read_keys
from tallywire.people.invitations import Waiting, requests

CONTESTS_SHOWN: Final = 3
"""Contests of a key that are named; of more, the number."""


def print_keys(connection: Connection, election: str, console: Console, *, names: bool, as_json: bool) -> None:
    """Print the keys of an election by person.

    Args:
        connection: where it is.
        election: its id.
        console: where people read them.
        names: whether names that are private are printed, too.
        as_json: write them as JSON instead, for programs.
    """
    seconds, _ = cast("tuple[int, int]", connection.at(election).time())
    now = datetime.fromtimestamp(seconds, UTC)
    keys = sorted(read_keys(connection, election).items(), key=lambda item: (item[1].person, item[1].retired, item[0]))
    found = [(key_id, key, read_holder(connection, election, key_id) if names else None) for key_id, key in keys]
    if as_json:
        write_values(_as_json(election, key_id, key, holder, now) for key_id, key, holder in found)
        return
    print_lines(console, (election, *(line for one in found for line in _lines(*one, now))))


def print_requests(connection: Connection, election: str, console: Console, *, names: bool, as_json: bool) -> None:
    """Print the requests for keys that wait for the operator."""
    found = sorted(requests(connection, election), key=lambda one: one.invited.person)
    if as_json:
        write_values(
            {
                "election": election,
                "key_id": one.request.key_id,
                "person": one.invited.person,
                "role": one.invited.role,
                "contests": one.invited.contests,
                **({"name": one.request.name} if names else {}),
            }
            for one in found
        )
        return
    lines = (line for one in found for line in _waiting_lines(one, names=names))
    print_lines(console, (election, *lines) if found else (f"{election}: no request waits",))


def _waiting_lines(waiting: Waiting, *, names: bool) -> Iterator[str]:
    invited, name = waiting.invited, waiting.request.name if names else None
    yield f"{invited.person}{f' ({name})' if name else ''}, {ROLES[invited.role]}: {_contests(invited.contests)}"
    yield f"  {waiting.request.key_id}"


def state_of(key: EnrolledKey, now: datetime) -> str:
    """Return whether a key is valid: ``valid``, ``retired``, ``expired`` or ``not yet valid``."""
    if key.retired:
        return "retired"
    if key.valid_until is not None and now >= moment(key.valid_until):
        return "expired"
    return "not yet valid" if key.valid_from is not None and now < moment(key.valid_from) else "valid"


def _lines(key_id: str, key: EnrolledKey, holder: Holder | None, now: datetime) -> Iterator[str]:
    name = key.name or _shown(key, holder)
    yield f"{key.person}{f' ({name})' if name else ''}, {ROLES[key.role]}: {_contests(key.contests)}"
    times = (f"from {key.valid_from}" if key.valid_from else "", f"until {key.valid_until}" if key.valid_until else "")
    yield f"  {key_id}  {' '.join(filter(None, (state_of(key, now), *times)))}"


def _contests(contests: Sequence[str] | None) -> str:
    """Return which contests a key is for, the first few by name: a council's officer has eighty."""
    if contests is None:
        return "all contests"
    more = len(contests) - CONTESTS_SHOWN
    return ", ".join(contests[:CONTESTS_SHOWN]) + (f" and {more} more (--json has all)" if more > 0 else "")


def _shown(key: EnrolledKey, holder: Holder | None) -> str | None:
    """Return a name that is private, if it is the one that the ledger commits to."""
    if holder is None:
        return None
    return holder.name if holder.digest == key.name_digest else "a name that is not the one on the ledger"


def _as_json(election: str, key_id: str, key: EnrolledKey, holder: Holder | None, now: datetime) -> Mapping[str, Any]:
    told = {name: getattr(key, name) for name in EnrolledKey.__slots__ if name != "name"}
    return {"election": election, "key_id": key_id, **told, "state": state_of(key, now), "name": key.name} | (
        {} if holder is None else {"name": _shown(key, holder)}
    )
