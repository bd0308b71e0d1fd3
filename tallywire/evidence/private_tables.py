"""What an election has and its ledger does not: declarations that are held, figures that wait, names of people.

The ledger has a digest of each, so that what is there can be compared; nothing of it is ever repeated in a sentence.
"""

from collections.abc import Mapping
from typing import Final

from services.ingest.rules.intake import Intake
from services.ingest.rules.keyring import Signed, check_signature
from services.ingest.rules.signed_state import ENTRIES, HELD, PRIVATE, Unpublished
from tallywire.client.people import PEOPLE, Holder
from tallywire.client.snapshot import Table
from tallywire.evidence.difference import Difference

PRIVATE_TABLES: Final = (*PRIVATE, PEOPLE)
"""The tables, in the order in which they are checked."""

_REMEDY: Final = (
    "The ledger is whole; what waits beside it was changed. Confirm nothing of it: have the sender send it again."
)


def waiting(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Return tables without the fields of what waits no longer."""
    return {table: {name: value for name, value in fields.items() if value} for table, fields in tables.items()}


def check_private(private: Mapping[str, Table], intake: Intake) -> list[str]:
    """Compare what is private with what the ledger says of it.

    Args:
        private: the tables; none of them where there is nothing to compare.
        intake: what follows from the ledger.

    Returns:
        What could not be checked, a sentence each.

    Raises:
        Difference: something is not what the ledger commits to. It says which, and nothing of its content.
    """
    for place, value in private.get(HELD, {}).items():
        _check_held(f"{HELD}, field {place}", place, value, intake)
    for field, value in private.get(ENTRIES, {}).items():
        _signed(f"{ENTRIES}, field {field}", value, intake)
    for key_id, value in private.get(PEOPLE, {}).items():
        _check_name(f"{PEOPLE}, field {key_id}", key_id, value, intake)
    return list(_not_there(private, intake))


def _check_held(where: str, place: str, value: bytes, intake: Intake) -> None:
    hold = intake.holds.get(int(place)) if place.isdecimal() else None
    if hold is None or hold.end is not None:
        raise Difference(where, "The ledger has no open hold there.", remedy=_REMEDY)
    if _signed(where, value, intake).digest != hold.digest:
        raise Difference(where, "It is not what the hold on the ledger is of.", remedy=_REMEDY)


def _signed(where: str, value: bytes, intake: Intake) -> Signed:
    """Return what waits, if it is signed by whom it names.

    Raises:
        Difference: it is not.
    """
    try:
        waits = Unpublished.decode(value)
        found = check_signature({b"data": waits.sent, b"signature": waits.signature.encode()}, intake.keys)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Difference(where, "It cannot be read.", remedy=_REMEDY) from None
    if not isinstance(found, Signed) or (found.key.person, found.digest) != (waits.person, waits.digest):
        raise Difference(where, "It is not signed by whom it names.", remedy=_REMEDY)
    return found


def _check_name(where: str, key_id: str, value: bytes, intake: Intake) -> None:
    key = intake.keys.get(key_id)
    try:
        digest = Holder.decode(value).digest
    except (ValueError, TypeError):
        digest = ""
    # A key that was not enrolled after all has a name in vain, which is no fault.
    if key is not None and digest != key.name_digest:
        remedy = f"The name is lost, and who holds the key is known by its person alone: `HDEL KEY {key_id}`."
        raise Difference(where, "It is not the name that the ledger commits to.", remedy=remedy)


def _not_there(private: Mapping[str, Table], intake: Intake) -> list[str]:
    if not intake.signed:
        return ["who has sent anything: the election does not ask for signatures"]
    held = private.get(HELD, {})
    lost = [str(place) for place, hold in intake.holds.items() if hold.end is None and str(place) not in held]
    names = private.get(PEOPLE, {})
    nameless = sum(key.name_digest is not None and key_id not in names for key_id, key in intake.keys.items())
    missing = []
    if lost:
        one = "the declaration that is held" if len(lost) == 1 else f"the {len(lost)} declarations that are held"
        missing.append(f"{one} at ledger entry {', '.join(lost)}: what it says is not here")
    if nameless:
        missing.append(f"the names of the holders of {nameless} key{'s' * (nameless > 1)}: they are not here")
    return missing
