"""The metrics that every service has: its build, whether it is live and ready, its server, what it has logged."""

import time
from collections.abc import Iterator
from platform import python_version
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Info, ProcessCollector
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector
from redis import Redis
from redis.exceptions import RedisError, ResponseError

from schemas import RELEASE
from streams.durability import LOSSES, how_synced, what_it_loses
from streams.hooks import ServiceHooks
from streams.servers import Servers
from streams.status import ServiceStatus
from tallywire.operations import logs


class ServiceMetrics(ServiceHooks):
    """The metrics of one process of a service.

    Args:
        service: its name.
        registry: where they are kept.
    """

    def __init__(self, service: str, registry: CollectorRegistry) -> None:
        self.service = service
        self.registry = registry
        build = Info("tallywire_build", "Which release this process is of.", registry=registry)
        build.info({"service": service, "version": RELEASE, "python": python_version()})
        self._synced: dict[str, str | None] = {}
        self._runs: dict[str, str] = {}

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"tallywire_{name}", text, labels, registry=registry)

        self.live = gauge("live", "1 while the service's event loop turns.")
        self.ready = gauge("ready", "1 while the service can do its work, as /health/ready says.")
        self.server_reachable = gauge("server_reachable", "1 while every server that is written answers.")
        self.server_loses = gauge(
            "server_may_lose_data", "1 where a setting or a fault may lose data.", "server", "why"
        )
        self.server_clock = gauge(
            "server_clock_ahead_seconds", "How far the server's clock is ahead of this machine's.", "server"
        )
        self.server_restarts = Counter(
            "tallywire_server_restarts",
            "Times that the server was found to be another process than a moment ago: it was started again.",
            ("server",),
            registry=registry,
        )
        self._told = tuple(
            (gauge(name, text, "server"), field)
            for name, text, field in (
                ("server_log_bytes", "Size of the server's append-only file.", "aof_current_size"),
                ("server_memory_bytes", "Memory that the server uses.", "used_memory"),
                ("server_memory_max_bytes", "Memory that the server may use; 0 for all there is.", "maxmemory"),
                ("server_clients", "Connections that the server has.", "connected_clients"),
                ("server_replicas", "Stand-bys that are connected to the server.", "connected_slaves"),
            )
        )
        # Memory, processor time and open files, under their usual names.
        ProcessCollector(registry=registry)
        registry.register(LoggedEvents())

    def watch(self, status: ServiceStatus) -> None:
        """Say from now on whether the service is live and ready."""
        self.live.set_function(lambda: float(status.why_not_live() is None))
        self.ready.set_function(lambda: float(status.ready))

    def look(self, servers: "Servers[Redis]") -> None:
        """Ask the servers how they are."""
        try:
            servers.look()
            for client in servers.everywhere():
                self._look_at(client)
        except (RedisError, OSError):
            self.server_reachable.set(0)
            # What is not known now is not told as if it were.
            for gauge in (self.server_loses, self.server_clock, *(gauge for gauge, _ in self._told)):
                gauge.clear()
            return
        self.server_reachable.set(1)

    def _look_at(self, client: Redis) -> None:
        where = client.connection_pool.connection_kwargs
        server = where.get("path") or f"{where.get('host')}:{where.get('port')}"
        before = time.time()
        seconds, microseconds = client.time()
        self.server_clock.labels(server).set(seconds + microseconds / 1e6 - (before + time.time()) / 2)
        if server not in self._synced:
            # Asked once: each question that is refused is an entry in the server's ACL log.
            self._synced[server] = how_synced(client)
        losses = what_it_loses(client, self._synced[server])
        for why in LOSSES:
            self.server_loses.labels(server, why).set(why in losses)
        try:
            said: Any = client.info()
        except ResponseError:
            # This user may not ask.
            return
        restarts, run = self.server_restarts.labels(server), str(said.get("run_id", ""))
        if self._runs.setdefault(server, run) != run:
            self._runs[server] = run
            restarts.inc()
        for gauge, field in self._told:
            if field in said:
                gauge.labels(server).set(said[field])


class LoggedEvents(Collector):
    """How often each event was logged."""

    def collect(self) -> Iterator[Metric]:
        """Return the counter."""
        family = CounterMetricFamily("tallywire_log_events", "Events logged.", labels=("event", "level"))
        for (event, level), count in tuple(logs.COUNTED.items()):
            family.add_metric((event, level), count)
        yield family
