"""What the addresses of the publishing service stand on."""

from dataclasses import dataclass

from redis.asyncio import Redis

from streams.servers import Readable
from streams.status import ServiceStatus
from tallywire.publishing.following import Election, Elections
from tallywire.publishing.settings import Settings
from tallywire.publishing.streaming import Streaming
from tallywire.web.answers import Pages
from tallywire.web.problems import not_found, unavailable


@dataclass(slots=True)
class _Status(ServiceStatus):
    """How the publishing service is."""

    publishing: "Publishing | None" = None

    def phases(self) -> dict[str, str]:
        """Return what can be said of each election just now."""
        known = self.publishing.elections.known if self.publishing else {}
        return {name: each.state.value for name, each in tuple(known.items())}


class Publishing:
    """What the routes stand on.

    Args:
        servers: where the elections are.
        settings: what the operator says.
    """

    def __init__(self, servers: "Readable[Redis]", settings: Settings) -> None:
        self.settings = settings
        self.elections = Elections(servers)
        self.streaming = Streaming(self.elections, settings.readers_max, settings.stream_s)
        self.pages = Pages()

    def election(self, name: str) -> Election:
        """Return an election that can be shown.

        Raises:
            NotTaken: there is none of that id, or it has not been read yet.
        """
        election = self.elections.known.get(name)
        if election is None:
            if not self.elections.listed:
                raise unavailable("The list of elections has not been read yet. Try again.")
            raise not_found(f"There is no election {name[:200]}. /v1/elections lists them.")
        if not election.read:
            raise unavailable(f"{name} is being read: {election.reason} Try again.")
        return election

    def status(self, url: str) -> ServiceStatus:
        """Return how the service on the servers at a URL is. It only reads them."""
        return _Status(url, (), others=self.elections.why_not_live, writes=False, publishing=self)

    def stop(self) -> None:
        """End every stream."""
        self.elections.end()
