"""A primary with a stand-by, and what an operator does with them."""

from contextlib import closing
from pathlib import Path
from typing import Any, Final, Self

from tallywire.embedded.program import LOOPBACK
from tallywire.embedded.server import EmbeddedServer
from tallywire.embedded.server_info import connect
from tests.cluster.ports import free_ports
from tests.waiting import wait_until

SYNC_NOW: Final = ("--repl-diskless-sync-delay", "0")


class Pair:
    """Two servers, of which the second follows the first. As a context manager it ends them.

    Args:
        folder: where they keep their data.
    """

    def __init__(self, folder: Path) -> None:
        port = free_ports(2)
        self.first, self.second = (
            EmbeddedServer(folder / name, port=port + place, ephemeral=True, options=SYNC_NOW)
            for place, name in enumerate(("first", "second"))
        )
        self.url = f"redis://{LOOPBACK}:{port},{LOOPBACK}:{port + 1}"

    def follow(self, server: EmbeddedServer, primary: EmbeddedServer) -> None:
        """Make a server the stand-by of another, and wait until it has everything."""
        host, port = primary.url.removeprefix("redis://").removesuffix("/0").split(":")
        with closing(connect(server.url)) as client:
            client.replicaof(host, port)
        wait_until(lambda: self.replication(server).get("master_link_status") == "up", what="the stand-by to be one")

    def await_copied(self) -> None:
        """Wait until the second has what the first has now."""
        now = self.replication(self.first)["master_repl_offset"]
        wait_until(
            lambda: self.replication(self.second).get("slave_repl_offset", 0) >= now,
            what="the stand-by to have everything",
        )

    def promote(self, server: EmbeddedServer) -> None:
        """Make a stand-by the primary."""
        with closing(connect(server.url)) as client:
            client.replicaof("NO", "ONE")

    def replication(self, server: EmbeddedServer) -> dict[str, Any]:
        """Return what a server says of its part; nothing while it does not answer."""
        with closing(connect(server.url)) as client:
            told: Any = client.info("replication")
            return dict(told)

    def __enter__(self) -> Self:
        self.first.start()
        self.second.start()
        self.follow(self.second, self.first)
        return self

    def __exit__(self, *_: object) -> None:
        self.second.kill()
        self.first.kill()
