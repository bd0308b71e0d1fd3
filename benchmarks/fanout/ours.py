"""Our publishing service with a synthetic election in it, to which whoever posts adds an event: no Redis behind.

``python -m benchmarks.fanout.ours PORT``
"""

import sys
from typing import Final

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from streams.chain import link, origin
from streams.client import connect
from streams.ledger_tail import append
from streams.servers import Servers
from tallywire.operations.endpoint import Endpoint
from tallywire.publishing import app as publishing_app
from tallywire.publishing.following import Election, State
from tallywire.publishing.history import History
from tallywire.publishing.hub import Hub
from tallywire.publishing.publishing import Publishing
from tallywire.publishing.server import END_S, Connection, bound_send_buffers
from tallywire.publishing.settings import Settings
from tallywire.web.connections import allow_files
from tallywire.web.handover import Handable
from tallywire.web.serving import Served, serve

ELECTION: Final = "synthetic.2024-01-01"

NOWHERE: Final = "redis://127.0.0.1:1"
"""A server that is not there."""

PUBLISH_PATH: Final = "/publish"

FEED: Final = f"/v1/elections/{ELECTION}/events"

FILTERED: Final = f"{FEED}?type=tally"

_AROUND: Final = (
    '{"specversion":"1.0","id":"%s:uk:tally:%d","source":"/benchmark","type":"tallywire.tally.v1","subject":"uk",'
    '"time":"2024-01-01T00:00:00Z","test":true,"data":{"region":"uk","parties":{},"name":'
)
"""What comes before the posted text, which is a JSON string."""


class Synthetic:
    """An election whose every ledger entry brings one event about."""

    def __init__(self) -> None:
        self.history = History(ELECTION)
        self.election = Election(Hub(self.history), State.LIVE, "", read=True)
        self._chain = origin(ELECTION)

    def publish(self, text: bytes) -> None:
        """Add an event that holds the text, and is about as long as the text is."""
        number = len(self.history.ledger) + 1
        entry = append(
            b'{"type":"tallywire.key.v1","subject":"synthetic"}',
            {"acceptedtime": "2024-01-01T00:00:00Z", "sequence": number, "groupend": True},
        )
        linked, self._chain = link(self._chain, entry)
        self.history.read_ledger(linked)
        before = (_AROUND % (ELECTION, number)).encode()
        after = b'},"sequence":%d}' % number
        self.history.read_event("tallies", before + text[: -len(before) - len(after) - 1] + b'"' + after)
        self.history.advance(number, 0)
        self.election.hub.publish()


def application() -> Starlette:
    """Return the publishing service, with the synthetic election, and a path to post events to."""
    synthetic = Synthetic()

    async def publish(request: Request) -> Response:
        synthetic.publish(await request.body())
        return Response(status_code=202)

    app = publishing_app.application(Servers(NOWHERE, connect), Settings())
    publishing: Publishing = app.state.publishing
    publishing.elections.known[ELECTION] = synthetic.election
    app.router.routes.append(Route(PUBLISH_PATH, publish, methods=["POST"]))
    return app


def main() -> None:
    """Serve until told to stop."""
    endpoint = Endpoint("127.0.0.1", int(sys.argv[1]))
    listener = endpoint.listen("PORT")
    bound_send_buffers(listener)
    allow_files(Settings().readers_max)

    def make() -> Served:
        app = application()
        publishing: Publishing = app.state.publishing
        status = publishing.status(NOWHERE)
        return Served("publishing", Handable(app), Connection, END_S, publishing.stop, status, ())

    serve(make, listener, endpoint, (), new_loop=uvloop.new_event_loop)


if __name__ == "__main__":
    main()
