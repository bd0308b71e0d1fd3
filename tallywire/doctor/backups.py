"""How old the newest backup of each election is."""

from collections.abc import Iterator, Sequence

from schemas.rehearsals import is_sandbox
from tallywire.backups.fetching import LATE_S, age_s
from tallywire.backups.names import HEAD, Backup, backups_in
from tallywire.backups.store import open_store
from tallywire.client.connection import Connection
from tallywire.client.errors import TallywireError
from tallywire.doctor.finding import Finding, good, warning, wrong
from tallywire.evidence.difference import Difference
from tallywire.evidence.stored_election import read_election
from tallywire.evidence.whole_ledger import header_of


def backups(connection: Connection, places: Sequence[str]) -> Iterator[Finding]:
    """Yield how the backups of each loaded election are, in each place.

    Args:
        connection: the servers.
        places: folders, or ``s3://BUCKET/PREFIX``.
    """
    for place in places:
        try:
            names = open_store(place).names()
        except TallywireError as error:
            yield wrong("backups", place, str(error))
            continue
        found = backups_in(names)
        for election in connection.elections():
            if is_sandbox(election):
                continue
            yield _newest(connection, place, election, found.get(election, []), set(names))


def _newest(connection: Connection, place: str, election: str, before: list[Backup], names: set[str]) -> Finding:
    if not before:
        return wrong("backups", election, f"There is none in {place}: tallywire backup make {place} --key FILE")
    newest, age = before[-1], age_s(before[-1])
    said = f"The newest in {place} is {age / 60:,.0f} minutes old, with {newest.size:,} entries"
    if newest.name + HEAD not in names:
        return wrong("backups", election, f"{said}, and has no signed head: look who writes there.")
    try:
        header = header_of(connection, read_election(connection, election))
    except Difference as difference:
        return wrong("backups", election, f"{said}. Of the server: {difference}")
    lacking = header.size - newest.size
    if lacking < 0 or (not lacking and not header.chain.startswith(newest.chain)):
        return wrong("backups", election, f"{said}. The server has another ledger: tallywire verify, before all else.")
    if not lacking:
        return good("backups", election, f"{said}: all that is on the server.")
    found = wrong if age > LATE_S else warning
    return found("backups", election, f"{said}; {lacking:,} entries since are on the server alone.")
