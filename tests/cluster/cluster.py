"""A real cluster on this machine: three masters with a replica each."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any, Final, Self, cast

from redis.crc import REDIS_CLUSTER_HASH_SLOTS
from redis.exceptions import RedisError

from tallywire.embedded.program import LOOPBACK
from tallywire.embedded.server import EmbeddedServer
from tallywire.embedded.server_info import connect
from tests.cluster.ports import free_ports
from tests.waiting import wait_until

MASTERS: Final = 3
"""The fewest of which the rest can outvote one that is gone."""

NODES: Final = 2 * MASTERS

NODE_TIMEOUT_MS: Final = 2_000
"""How long a node may be silent before the others take it for dead. On one machine a busy core is silent sooner."""

FORM_DEADLINE_S: Final = 30.0
"""How long six nodes may take to find each other: two seconds, on a machine that does nothing else."""


class Cluster:
    """Six servers that are one cluster. As a context manager it starts and stops them.

    Args:
        folder: where each keeps its data, in a folder of its own.
    """

    def __init__(self, folder: Path) -> None:
        # Each node has a port for clients and one for the other nodes.
        self._port = free_ports(2 * NODES)
        self.nodes = [
            EmbeddedServer(
                folder / f"node-{place + 1}", port=self._port + place, ephemeral=True, options=self._options(place)
            )
            for place in range(NODES)
        ]
        self.url = "redis://" + ",".join(f"{LOOPBACK}:{self._port + place}" for place in range(MASTERS))

    def start(self) -> None:
        """Start every node that does not live, and make one cluster of them when they are none yet."""
        for node in self.nodes:
            if not (node.pid and node.alive()):
                node.start()
        with ExitStack() as stack:
            clients = [stack.enter_context(closing(connect(node.url))) for node in self.nodes]
            if any(_known(client) < NODES for client in clients):
                self._form(clients)

    def _options(self, place: int) -> tuple[str, ...]:
        return (
            *("--cluster-enabled", "yes"),
            *("--cluster-port", str(self._port + NODES + place)),
            *("--cluster-node-timeout", str(NODE_TIMEOUT_MS)),
            # Elections on the other masters go on while one is gone.
            *("--cluster-require-full-coverage", "no"),
            # A replica is wanted now, not five seconds later beside others.
            *("--repl-diskless-sync-delay", "0"),
        )

    def _form(self, clients: Sequence[Any]) -> None:
        """Introduce the nodes to each other, share out the slots and give each master a replica."""
        for place in range(1, NODES):
            clients[0].cluster("MEET", LOOPBACK, self._port + place, self._port + NODES + place)
        _await("the nodes to find each other", lambda: all(_known(client) == NODES for client in clients))
        masters, replicas = clients[:MASTERS], clients[MASTERS:]
        for place, client in enumerate(masters):
            first, end = (REDIS_CLUSTER_HASH_SLOTS * bound // MASTERS for bound in (place, place + 1))
            client.cluster("ADDSLOTSRANGE", first, end - 1)
        for client, master in zip(replicas, masters, strict=True):
            # Refused until the one knows the other.
            _await("the nodes to know each other", partial(client.cluster, "REPLICATE", master.cluster("MYID")))
        _await(
            "the nodes to be one cluster",
            lambda: (
                all(client.cluster("INFO")["cluster_state"] == "ok" for client in clients)
                and all(client.info("replication").get("master_link_status") == "up" for client in replicas)
            ),
        )

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for node in self.nodes:
            node.kill()


def _await(what: str, condition: Callable[[], object]) -> None:
    def look() -> object:
        try:
            return condition()
        except (RedisError, OSError):
            # One that is just becoming a replica may not answer, or not so.
            return None

    wait_until(look, deadline_s=FORM_DEADLINE_S, what=what)


def _known(client: Any) -> int:  # noqa: ANN401  # redis-py types every answer as "or awaitable"
    return int(cast("dict[str, str]", client.cluster("INFO"))["cluster_known_nodes"])
