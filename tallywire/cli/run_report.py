"""What is printed of ``tallywire run`` while it goes on: for people, or for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from services.ingest.rules.limits import DECLARATION_BYTES_MAX, LEDGER_ENTRIES_MAX
from streams.keys import NAME_LENGTH_MAX
from tallywire.cli.options import DEFAULT_PORT
from tallywire.cli.screen import print_lines, write_values
from tallywire.embedded.server import EmbeddedServer
from tallywire.embedded.supervisor import ALL_SERVICES
from tallywire.operations.endpoint import Endpoint
from tallywire.publishing.settings import Settings

LOG_WAS_CUT: Final = (
    "The server's log ended in the middle of a write. What stands before that is kept; what was written after is gone.",
    "Have every sender send again what it has sent: what is known is a duplicate.",
    "Whether a head that was signed before still holds: tallywire verify --checkpoint FILE --public-key FILE",
)


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """Prints how a run goes."""

    console: Console

    def starting(self, folder: Path) -> None:
        """Print on which folder it starts."""
        print_lines(self.console, [f"Starting on {folder}"])

    def loading(self, percent: int) -> None:
        """Print how much has been read back."""
        print_lines(self.console, [f"Reading back what is there: {percent} %"])

    def log_was_cut(self) -> None:
        """Print what to do about it."""
        print_lines(self.console, LOG_WAS_CUT)

    def running(self, server: EmbeddedServer, services_log: Path, http: Endpoint, metrics: Sequence[Endpoint]) -> None:
        """Print what is running, and what to do next."""
        port = server.url.removeprefix("redis://127.0.0.1:").removesuffix("/0")
        option = "" if port == str(DEFAULT_PORT) else f" --redis {server.url}"
        limits = (
            f"{DECLARATION_BYTES_MAX // 1024} KiB a message, {LEDGER_ENTRIES_MAX:,} messages an election, "
            f"{Settings().readers_max:,} readers"
        )
        lines = (
            "",
            "Tallywire is running. Ctrl-C ends it.",
            "",
            f"  Server    {server.described}",
            f"  Data      {server.data_dir}, kept between runs",
            f"  Services  {', '.join(ALL_SERVICES)}; they log to {services_log}",
            f"  Board     http://{http}/elections",
            f"  Entering  http://{http}/enter, for people with a key",
            f"  Desk      http://{http}/desk",
            f"  Posting   http://{http}/v1/elections/ELECTION/declarations",
            f"  Reading   http://{http}/v1/elections",
            *_metrics_lines(metrics),
            f"  Limits    {limits}; docs/limits.md has all",
            "",
            "In another terminal:",
            "",
            f"  tallywire election load pcc.2024-05-02{option}",
            f"  tallywire watch{option}",
            f"  curl -N 'http://{http}/v1/elections/pcc.2024-05-02/events?after=0'",
            "",
        )
        print_lines(self.console, lines)

    def service_said(self, sentence: str) -> None:
        """Print the sentence."""
        print_lines(self.console, [sentence])

    def strayed(self, election: str) -> None:
        """Print which election is meant, as far as it can be printed."""
        name = ascii(election[:NAME_LENGTH_MAX])
        print_lines(
            self.console, [f"Declarations arrive for {name}, which is not loaded. Is the day misspelt, or the key?"]
        )

    def ending(self) -> None:
        """Print so."""
        print_lines(self.console, ["Ending."])


class WrittenReport:
    """Writes how a run goes for programs: JSON, one value a line, each with what ``happened``."""

    def starting(self, folder: Path) -> None:
        """Write on which folder it starts."""
        write_values([{"happened": "starting", "data": str(folder)}])

    def loading(self, percent: int) -> None:
        """Write how much has been read back."""
        write_values([{"happened": "loading", "percent": percent}])

    def log_was_cut(self) -> None:
        """Write that it was, and what to do about it."""
        write_values([{"happened": "log_was_cut", "message": " ".join(LOG_WAS_CUT)}])

    def running(self, server: EmbeddedServer, services_log: Path, http: Endpoint, metrics: Sequence[Endpoint]) -> None:
        """Write what is running, and where."""
        where = {"server": server.url, "process": server.pid, "services_log": str(services_log)}
        endpoints = [f"http://{endpoint}/metrics" for endpoint in metrics]
        write_values(
            [
                {
                    "happened": "running",
                    **where,
                    "posting": f"http://{http}",
                    "publishing": f"http://{http}",
                    "metrics": endpoints,
                }
            ]
        )

    def service_said(self, sentence: str) -> None:
        """Write the sentence."""
        write_values([{"happened": "service_said", "message": sentence}])

    def strayed(self, election: str) -> None:
        """Write where declarations for no election arrive."""
        write_values([{"happened": "strayed", "election": election}])

    def ending(self) -> None:
        """Write so."""
        write_values([{"happened": "ending"}])


def _metrics_lines(metrics: Sequence[Endpoint]) -> Iterator[str]:
    if metrics:
        yield f"  Metrics   {', '.join(f'http://{endpoint}/metrics' for endpoint in metrics)}"
