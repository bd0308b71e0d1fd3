"""Everything that is looked at before a night, one after another."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tallywire.client.connection import open_connection
from tallywire.client.errors import TallywireError
from tallywire.doctor.backups import backups
from tallywire.doctor.doors import door
from tallywire.doctor.elections import elections
from tallywire.doctor.finding import Finding, wrong
from tallywire.doctor.host import host
from tallywire.doctor.secrets import secrets
from tallywire.doctor.servers import servers
from tallywire.doctor.services import services


def examination(
    url: str, data: Path, doors: Sequence[str], folders: Sequence[Path], backup_places: Sequence[str] = ()
) -> Iterator[Finding]:
    """Yield what is found, each as soon as it is.

    Args:
        url: the servers.
        data: the folder on the disk that the server writes to, on this machine.
        doors: addresses of posting and publishing services, as people are given them.
        folders: with passwords and keys in files.
        backup_places: where backups are.
    """
    yield from host(data)
    for folder in folders:
        yield from secrets(folder)
    try:
        with open_connection(url) as connection:
            yield from servers(connection, url)
            yield from services(connection)
            yield from elections(connection)
            yield from backups(connection, backup_places)
    except TallywireError as error:
        yield wrong("server", "-", str(error))
    for each in doors:
        yield from door(each)
