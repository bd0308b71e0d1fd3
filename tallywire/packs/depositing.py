"""A pack's own map, put where the publishing service finds it."""

from hashlib import sha256

from schemas.tables import MAP
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.packs.drawing import drawing_of
from tallywire.packs.geography import Area


def deposit_map(connection: Connection, election: str, areas: tuple[Area, ...]) -> None:
    """Write how the map of an election is drawn; without areas it is one of hexagons or tiles again."""
    client, key = connection.at(election), Partition(election).key(MAP.name)
    if not areas:
        client.delete(key)
        return
    drawing = drawing_of(areas).model_dump_json()
    client.hset(key, mapping={MAP.digest: sha256(drawing.encode()).hexdigest(), MAP.drawing: drawing})
