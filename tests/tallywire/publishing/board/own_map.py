"""A bundled election with a map of its own, which is made up."""

import json

from tallywire.client.messages import register_event
from tallywire.packs.drawing import drawing_of
from tallywire.packs.geography import read_areas
from tallywire.packs.pack import find_pack, read_pack
from tallywire.publishing.history import History
from tests.tallywire.packs.synthetic_map import grid_map
from tests.tallywire.publishing.histories import played


def own_map(election: str) -> History:
    """Return a bundled election with a map of its own, of all contests but the last."""
    pack = read_pack(find_pack(election))
    history = played(election, register_event(pack.register, pack.register_bytes), pack.declarations)
    raw = json.dumps(grid_map(list(pack.register.contests)[:-1], 4)).encode()
    areas, faults = read_areas(raw, pack.register.contests)
    assert faults == ()
    history.drawing = ("synthetic", drawing_of(areas))
    return history
