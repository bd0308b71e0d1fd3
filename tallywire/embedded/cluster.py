"""An embedded cluster: three masters with a replica each, on this machine, for trying out what several servers do."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from redis.crc import REDIS_CLUSTER_HASH_SLOTS
from redis.exceptions import RedisError

from tallywire.embedded.errors import PortTaken, ServerFailed
from tallywire.embedded.program import LOOPBACK
from tallywire.embedded.server import EmbeddedServer, Progress
from tallywire.embedded.server_info import connect
from tallywire.embedded.stoppable import Stoppable

MASTERS: Final = 3
"""The fewest of which the rest can outvote one that is gone."""

NODES: Final = 2 * MASTERS
PORTS: Final = 2 * NODES
"""Each node has a port for clients and one for the other nodes."""

PORT_MAX: Final = 65_535

NODE_TIMEOUT_MS: Final = 2_000
"""How long a node may be silent before the others take it for dead. On one machine a busy core is silent sooner."""

FORM_DEADLINE_S: Final = 30.0
"""How long six nodes may take to find each other: two seconds, on a machine that does nothing else."""

PAUSE_S: Final = 0.02
"""Between two looks at nodes that are finding each other."""


class EmbeddedCluster(Stoppable):
    """Six servers that are one cluster. As a context manager it stops them at the end.

    Args:
        data_dir: where each keeps its data, in a folder of its own; made when missing.
        port: the first of ``PORTS`` loopback ports.
        ephemeral: they must not outlive this process, even one that is killed.
    """

    def __init__(self, data_dir: Path, *, port: int, ephemeral: bool = False) -> None:
        if port + PORTS - 1 > PORT_MAX:
            raise PortTaken(f"A cluster takes {PORTS} ports from the first on, so that one is {PORT_MAX - PORTS + 1}.")
        self.data_dir = data_dir.absolute()
        self.nodes = [
            EmbeddedServer(
                self.data_dir / f"node-{place + 1}",
                port=port + place,
                ephemeral=ephemeral,
                options=_options(bus_port=port + NODES + place),
            )
            for place in range(NODES)
        ]
        self.url = "redis://" + ",".join(f"{LOOPBACK}:{port + place}" for place in range(MASTERS))
        """Where it is reached."""
        self._port = port

    @property
    def described(self) -> str:
        """Address and processes, for a person."""
        return f"{self.url} (processes {', '.join(str(node.pid) for node in self.nodes)})"

    @property
    def cut(self) -> bool:
        """Whether the end of a node's log was cut off before it was started: what it had written last may be gone."""
        return any(node.cut for node in self.nodes)

    def make_folder(self) -> None:
        """Make the data folders when they are missing, and see that they can be written.

        Raises:
            FolderUnusable: they cannot.
        """
        for node in self.nodes:
            node.make_folder()
        self.data_dir = self.data_dir.resolve()

    def start(self, on_loading: Progress | None = None) -> None:
        """Start every node that does not live, and make one cluster of them when they are none yet.

        Raises:
            EmbeddedServerError: with the reason, and what to do.
        """
        started: list[EmbeddedServer] = []
        try:
            for node in self.nodes:
                if not (node.pid and node.alive()):
                    node.start(on_loading)
                    started.append(node)
            with self._clients() as clients:
                if any(_known(client) < NODES for client in clients):
                    self._form(clients)
        except BaseException:
            for node in started:
                node.stop()
            raise

    def alive(self) -> bool:
        """Say whether every node's process lives."""
        return all(node.alive() for node in self.nodes)

    def stop(self) -> None:
        """Let every node end by itself, kill those that do not. Harmless when they have ended."""
        for node in self.nodes:
            node.stop()

    @contextmanager
    def _clients(self) -> Iterator[list[Any]]:
        with ExitStack() as stack:
            yield [stack.enter_context(closing(connect(node.url))) for node in self.nodes]

    def _form(self, clients: Sequence[Any]) -> None:
        """Introduce the nodes to each other, share out the slots and give each master a replica.

        Each step may be there already: whoever was at it before may have been killed.
        """
        for place in range(1, NODES):
            clients[0].cluster("MEET", LOOPBACK, self._port + place, self._port + NODES + place)
        self._await("find each other", lambda: all(_known(client) == NODES for client in clients))
        masters, replicas = clients[:MASTERS], clients[MASTERS:]
        for place, client in enumerate(masters):
            first, end = (REDIS_CLUSTER_HASH_SLOTS * bound // MASTERS for bound in (place, place + 1))
            if not any(row[0] == first for row in client.cluster("SLOTS")):
                client.cluster("ADDSLOTSRANGE", first, end - 1)
        for client, master in zip(replicas, masters, strict=True):
            master_id = master.cluster("MYID")
            # Refused until the one knows the other.
            self._await("know each other", partial(client.cluster, "REPLICATE", master_id))
        self._await(
            "be one cluster",
            lambda: (
                all(client.cluster("INFO")["cluster_state"] == "ok" for client in clients)
                and all(client.info("replication").get("master_link_status") == "up" for client in replicas)
            ),
        )

    def _await(self, what: str, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + FORM_DEADLINE_S
        while True:
            try:
                if condition():
                    return
            except (RedisError, OSError):
                # One that is just becoming a replica may not answer, or not so.
                pass
            if time.monotonic() > deadline:
                logs = ", ".join(str(node.log_path) for node in self.nodes)
                raise ServerFailed(f"The nodes did not {what} within {FORM_DEADLINE_S:.0f} s. Their logs: {logs}.")
            time.sleep(PAUSE_S)


def _options(bus_port: int) -> tuple[str, ...]:
    return (
        *("--cluster-enabled", "yes"),
        *("--cluster-port", str(bus_port)),
        *("--cluster-node-timeout", str(NODE_TIMEOUT_MS)),
        # Elections on the other masters go on while one is gone.
        *("--cluster-require-full-coverage", "no"),
        # A replica is wanted now, not five seconds later beside others.
        *("--repl-diskless-sync-delay", "0"),
    )


def _known(client: Any) -> int:  # noqa: ANN401  # redis-py types every answer as "or awaitable"
    return int(cast("dict[str, str]", client.cluster("INFO"))["cluster_known_nodes"])
