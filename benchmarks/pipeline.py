"""The whole pipeline: three services as three processes work off what lies on the stream already."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks.machine import CORES, Fresh, cpu_s, fresh_server
from benchmarks.rounds import Round
from benchmarks.workload import judged, open_election, post, wait_for_headlines
from tallywire.embedded.supervisor import Command, Supervisor, service_command

READY_DEADLINE_S: Final = 120.0
"""How long services may take to start: a second, but a machine that is busy with other things must not end a run."""


def pipeline(declarations: int, *, checkout: Path | None = None, sign: bool = False) -> Round:
    """Work off so many declarations, signed if wanted, with the services of another checkout if one is named."""
    with fresh_server() as fresh:
        post(fresh.client, declarations, sign=sign)
        url = fresh.server.url
        command = service_command(url) if checkout is None else services_of(checkout, url)
        with Supervisor(url, fresh.folder / "services.log", command=command) as services:
            services.start()
            services.wait_ready(READY_DEADLINE_S)
            before, own_before = used_s(fresh, services), time.process_time()
            started = time.perf_counter()
            open_election(fresh.client)
            wait_for_headlines(fresh.client, declarations)
            seconds = time.perf_counter() - started
            own_s = time.process_time() - own_before
            took_s = {name: used - before[name] for name, used in used_s(fresh, services).items()}
        found = judged(fresh.client, declarations, seconds)
    return replace(
        found,
        cpu_us={name: 1e6 * used / declarations for name, used in took_s.items()},
        # Of what the cores have, looking for the end is taken off.
        allowed=(CORES - own_s / seconds) * declarations / max(sum(took_s.values()), 1e-9),
    )


def used_s(fresh: Fresh, services: Supervisor) -> dict[str, float]:
    """Return the processor time that each service and the server have used so far, in seconds."""
    return {name: cpu_s(pid) for name, pid in {**services.pids, "server": fresh.server.pid}.items()}


def services_of(checkout: Path, url: str) -> Command:
    """Return how the services of another checkout are started, by our Python and with our libraries.

    Raises:
        RuntimeError: what is started there is not that checkout's.
    """
    # Safe path: or the folder that we stand in would come first.
    python = ["env", "-u", "TALLYWIRE_METRICS", "PYTHONSAFEPATH=1", f"PYTHONPATH={checkout}", sys.executable]
    where = subprocess.run(
        [*python, "-c", "import tallywire; print(tallywire.__file__)"], check=True, capture_output=True, text=True
    ).stdout
    if not Path(where).is_relative_to(checkout):
        message = f"there are no services in {checkout}"
        raise RuntimeError(message)
    return lambda service: [*python, "-m", "tallywire", service, "--redis", url]
