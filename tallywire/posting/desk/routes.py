"""The addresses of the desk."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from schemas.key import Key
from services.ingest.rules.authority import ROLES
from tallywire.client.snapshot import read_register_head
from tallywire.desk.readiness import Centre
from tallywire.pages.numbers import local
from tallywire.pages.policy import HEADERS
from tallywire.pages.rendering import render
from tallywire.pages.serving import HTML, problem_page
from tallywire.people.enrolling import PUBLIC_NAME, read_keys
from tallywire.people.invitations import Waiting
from tallywire.people.invitations import requests as waiting_requests
from tallywire.posting.desk.ages import since
from tallywire.posting.desk.case import Case, case_of, state_of
from tallywire.posting.desk.presence import Presence
from tallywire.posting.desk.rights import may, may_look, sees, sees_all
from tallywire.posting.desk.watch import Seen, ServiceSeen, Watch
from tallywire.posting.desk.worklist import worklist
from tallywire.posting.posting import Posting
from tallywire.posting.sessions import Sessions, SignedIn
from tallywire.web.problems import NotTaken, Problem, not_found

DESK: Final = "/desk"

PACKAGE: Final = "tallywire.posting.desk"

PARTS: Final = ("strip", "list", "services", "overdue", "now", "case")
"""Elements of the page that change, by their ids: each has a template of its own."""

SECRET: Final = {**HEADERS, "Cache-Control": "no-store"}
"""Headers of pages that are for one person."""

_AGES: Final = re.compile(r"(<time[^>]* data-age[^>]*>)[^<]*")
"""Ages, which change while nothing happens: the page counts them itself."""


@dataclass(frozen=True, slots=True)
class Head:
    """What anybody may know of an election."""

    name: str | None
    """Its name; None before its register is read."""
    test: bool
    signed: bool


Entered = Callable[[Request, str, SignedIn, Seen], Awaitable[Response]]
"""Answers with a page of an election's desk: who is signed in, and what is seen, are known."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers with the pages of the desk.

    Args:
        posting: which elections are loaded.
        sessions: who is signed in.
        watch: what is seen.
        presence: who has which contest open.
        board: whether the board is at the same address.
    """

    posting: Posting
    sessions: Sessions
    watch: Watch
    presence: Presence
    board: bool = False

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route(DESK, self._shown(self.elections), methods=["GET"]),
            Route(f"{DESK}/{{election}}", self._shown(self._signed_in(self.page)), methods=["GET"]),
            Route(f"{DESK}/{{election}}/changes", self.changes, methods=["GET"]),
            Route(f"{DESK}/{{election}}/contests", self._shown(self._signed_in(self.contests)), methods=["GET"]),
            Route(f"{DESK}/{{election}}/people", self._shown(self._signed_in(self.people)), methods=["GET"]),
        ]

    def _shown(self, page: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                return await page(request)
            except NotTaken as why:
                return problem_page(why, SECRET)

        return answer

    def _signed_in(self, page: Entered) -> Callable[[Request], Awaitable[Response]]:
        """Return what answers with a page to whoever is signed in, and lets others sign in."""

        async def answer(request: Request) -> Response:
            election = request.path_params["election"]
            await self.posting.require_loaded(election)
            try:
                who = await self._who(request, election)
            except NotTaken as why:
                return await self._sign_in(request, election, why)
            return await page(request, election, who, await self.watch.look(election))

        return answer

    async def elections(self, request: Request) -> Response:
        """Show which elections there are."""
        heads = [(name, await self._head(name)) for name in await self.posting.elections()]
        return _page(request, "elections.html", elections=heads)

    async def page(self, request: Request, election: str, who: SignedIn, seen: Seen) -> Response:
        """Show the desk of an election."""
        values = await self._values(request, election, who, seen)
        return _page(request, "desk.html", **values, parts={name: _part(name, values) for name in PARTS})

    async def changes(self, request: Request) -> Response:
        """Answer with the parts that differ from those that a page has."""
        election = request.path_params["election"]
        await self.posting.require_loaded(election)
        who = await self._who(request, election)
        values = await self._values(request, election, who, await self.watch.look(election))
        known = dict(one.partition(":")[::2] for one in request.query_params.get("have", "").split(","))
        made = {name: _part(name, values) for name in PARTS}
        said = {
            "time": datetime.now(UTC).isoformat(),
            "count": values["count"],
            "parts": {
                name: {"html": html, "digest": digest(html)}
                for name, html in made.items()
                if known.get(name) != digest(html)
            },
        }
        return JSONResponse(said, headers=SECRET)

    async def contests(self, request: Request, election: str, who: SignedIn, seen: Seen) -> Response:
        """List the contests that somebody sees."""
        listed = [
            (ballot_id, contest, seen.looked.results.get(ballot_id))
            for ballot_id, contest in sorted(seen.looked.contests.items(), key=lambda one: (one[1].name, one[0]))
            if sees(who, ballot_id)
        ]
        return _page(request, "contests.html", **self._common(election, who, seen), listed=listed)

    async def people(self, request: Request, election: str, who: SignedIn, seen: Seen) -> Response:
        """List the keys of an election, and what waits to be enrolled."""
        if not sees_all(who):
            raise _not_for(who)
        keys = await self.watch.read(lambda connection: read_keys(connection, election))
        enrols = may(who, "enrol")
        waiting = (
            await self.watch.read(lambda connection: tuple(waiting_requests(connection, election, forget=False)))
            if enrols
            else ()
        )
        listed = sorted(keys.items(), key=lambda one: (one[1].retired, one[1].role, one[1].person))
        values = {
            "keys": listed,
            "waiting": [one for one in waiting if one.request.key_id not in keys],
            "enrols": enrols,
            "enrolment": lambda one: enrolment_of(one, test=seen.looked.waits.test),
        }
        return _page(request, "people.html", **self._common(election, who, seen), **values)

    async def _who(self, request: Request, election: str) -> SignedIn:
        """Return who is signed in and may look at the desk.

        Raises:
            NotTaken: nobody is, or that person may not.
        """
        who = await self.sessions.person(request, election)
        if not may_look(who):
            raise _not_for(who)
        return who

    async def _sign_in(self, request: Request, election: str, why: NotTaken) -> Response:
        if why.problem.status != HTTPStatus.UNAUTHORIZED:
            return problem_page(why, SECRET)
        told = why.problem if why.problem.reasons else None
        return _page(request, "sign-in.html", election=election, waits=await self._head(election), why=told)

    async def _head(self, election: str) -> Head:
        """Return what anybody may know of an election; nothing more is read for who is not signed in."""
        found = await self.watch.read(lambda connection: read_register_head(connection, election))
        if found is None:
            return Head(None, test=False, signed=True)
        return Head(found.name, test=found.test, signed=found.signatures == "required")

    def _common(self, election: str, who: SignedIn, seen: Seen) -> dict[str, object]:
        """Return what every page of a desk shows."""
        looked = seen.looked
        return {
            "election": election,
            "waits": looked.waits,
            "looked": looked,
            "who": who,
            "role": ROLES[who.role],
            "now": datetime.now(UTC),
            "people": sees_all(who),
            "board": self.board,
        }

    async def _values(self, request: Request, election: str, who: SignedIn, seen: Seen) -> dict[str, object]:
        groups = worklist(seen, who)
        asked = request.query_params.get("contest", "")
        chosen = asked if asked in seen.looked.contests and sees(who, asked) else None
        if asked and chosen is None:
            raise not_found("That contest is not in this election, or its desk is not yours.")
        case = None if chosen is None else await self._case(election, who, seen, chosen)
        others = [] if chosen is None else await self.presence.open(election, chosen, who)
        mine = [each for each in seen.looked.waits.overdue if sees(who, each.ballot_id)]
        return self._common(election, who, seen) | {
            "groups": groups,
            "count": sum(len(group.rows) for group in groups),
            "chosen": chosen,
            "case": case,
            "centres": await self._centres(election, who, seen) if case is None else None,
            "others": others,
            "services": await self.watch.services(election),
            "overdue": mine,
            "happened": [one for one in seen.happened if one.contest is None or sees(who, one.contest)][:10],
        }

    async def _centres(self, election: str, who: SignedIn, seen: Seen) -> tuple[Centre, ...] | None:
        """Return how far each hall is, in a rehearsal; None in a real night."""
        if not seen.looked.waits.test:
            return None
        found = await self.watch.readiness(election, seen)
        return tuple(centre for centre in found if sees(who, centre.ballot_id))

    async def _case(self, election: str, who: SignedIn, seen: Seen, ballot_id: str) -> Case:
        found = await self.watch.history(election, ballot_id, state_of(seen, ballot_id))
        return case_of(seen, who, ballot_id, found)


def _part(name: str, values: Mapping[str, object]) -> str:
    return render(PACKAGE, f"parts/{name}.html", **values, **_WORDS)


def _page(request: Request, template: str, **values: object) -> Response:
    content = render(PACKAGE, template, here=request.url.path, **values, **_WORDS)
    return Response(content, headers=SECRET, media_type=HTML)


def digest(part: str) -> str:
    """Return what tells a part from what it was, but for the ages in it."""
    return sha256(_AGES.sub(r"\1", part).encode()).hexdigest()[:12]


def _seconds(time: datetime | str | None) -> str:
    """Return the time of day to the second: ``03:14:07``."""
    return "" if not time else f"{local(time):%H:%M:%S}"


def _zone(time: datetime | str) -> str:
    return f"{local(time):%Z}"


def _state_of_services(services: tuple[ServiceSeen, ...]) -> str:
    """Return how long the slowest stage lets something wait: what the halls are ahead of the board."""
    return f"{sum(each.lag_s for each in services):.1f} s"


_WORDS: Final[Mapping[str, object]] = {
    "seconds": _seconds,
    "zone": _zone,
    "since": since,
    "digest": digest,
    "behind": _state_of_services,
}


def enrolment_of(waiting: Waiting, *, test: bool) -> str:
    """Return the data of the message that enrols a key, for whom it was invited, as JSON."""
    invited, request = waiting.invited, waiting.request
    key = Key(
        key_id=request.key_id,
        public_key=request.public_key,
        person=invited.person,
        role=invited.role,
        contests=invited.contests,
        mode="rehearsal" if test else "live",
        name=request.name if invited.role == PUBLIC_NAME else None,
    )
    return key.model_dump_json(exclude_none=True)


def _not_for(who: SignedIn) -> NotTaken:
    detail = (
        f"The desk is for those who decide on what is held. {who.person} is {ROLES[who.role]}: enter figures at /enter."
    )
    return NotTaken(Problem(title="Not allowed", status=403, detail=detail))
