"""A pack's own map, from its folder to the page."""

import json
import re
import shutil
from pathlib import Path
from typing import Final

from typer.testing import CliRunner

from tallywire.cli import app
from tallywire.embedded.server import start_server
from tallywire.packs.pack import find_pack, read_pack
from tests.pipeline.pipeline import pipeline_on
from tests.pipeline.services import Nursery
from tests.pipeline.subscriber import Publisher
from tests.tallywire.packs.synthetic_map import grid_map
from tests.waiting import wait_until

ELECTION: Final = "parl.2026-06-18"


def test_a_pack_brings_its_own_map(nursery: Nursery, tmp_path: Path) -> None:
    """Promise: the board draws the areas that a pack has brought, and what came with it later, without a restart."""
    folder = Path(shutil.copytree(find_pack(ELECTION), tmp_path / ELECTION))
    ballots = list(read_pack(folder).register.contests)
    shapes = [f'id="h-{each.replace(".", "-")}"' for each in ballots]
    with (
        start_server(tmp_path / "server", ephemeral=True) as server,
        pipeline_on(server, nursery, tmp_path) as pipeline,
    ):
        pipeline.start_all()

        def load(*drawn: str) -> None:
            (folder / "map.geojson").write_text(json.dumps(grid_map(drawn, 2)), "utf-8")
            done = CliRunner().invoke(app, ["election", "load", str(folder), "--redis", server.url])
            assert done.exit_code == 0, done.output

        load(ballots[0])
        publisher = Publisher.ready(pipeline)

        def areas() -> set[str]:
            page = publisher.get(f"/elections/{ELECTION}").body.decode()
            return {shape for shape in shapes if re.search(rf'{shape}[^>]*><title>[^<]*</title><path class="h"', page)}

        wait_until(lambda: areas() == {shapes[0]}, what="the map to be shown")
        load(*ballots[:2])
        wait_until(lambda: areas() == set(shapes[:2]), what="the other map to be shown")
