"""Sessions: somebody who has signed in with a key may read what is for that person.

A session changes nothing. Whatever somebody decides or declares is an event, signed with the person's own key and
posted like every other. A session ends when nobody has used it for a while, at its absolute end, when its key is
retired or no longer valid, when the person ends it, and when the operator ends it (`tallywire keys sessions`).
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address
from typing import Final, cast
from urllib.parse import urlsplit

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from schemas.key import Role
from schemas.signatures import encode, read_public_key
from services.ingest.rules.authority import check_validity
from services.ingest.rules.reasons.faults import Fault, fault, reasons_for
from services.ingest.rules.signed_state import KEYS, EnrolledKey
from streams.keys import Partition
from streams.servers import Servers
from tallywire.people.sessions import SessionRecord, challenge_key, session_key
from tallywire.people.signing_in import SignIn, read_proof
from tallywire.posting.enrolments import not_allowed, require_private
from tallywire.posting.posting import trouble
from tallywire.posting.rates import FAILURES, SIGN_INS, Rates
from tallywire.posting.signatures import note_turned_away
from tallywire.web.problems import NotTaken, Problem
from tallywire.web.proxies import sender_address

CHALLENGE_S: Final = 120
"""How long a challenge may be answered: a browser takes a second, somebody with a script a minute."""

IDLE_S: Final = 30 * 60
"""How long a session may go unused. A page that is open and follows what happens uses it."""

ENDS_S: Final = 12 * 60 * 60
"""How long a session lasts at most: a night of counting."""

NOT_SIGNED_IN: Final = "Not signed in"
"""What the status 401 means here."""

ASKS: Final = {"WWW-Authenticate": "Tallywire-Session"}
"""The header that goes with it (RFC 9110)."""

NOBODY: Final = "Nobody is signed in here, or the session has ended. Sign in with your key."

UNSIGNED: Final = "This election does not ask for signatures, so nobody has a key to sign in with."

HOME: Final = ("localhost", "127.0.0.1", "::1")
"""Names of the machine itself."""

USED: Final = (
    "The challenge was used or is too old, or it was signed on another page or for another election. Ask for a new one."
)

FOREIGN: Final = "This was sent by the page of another site. Open the page of this one and try again."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in to an election."""

    person: str
    role: Role
    contests: tuple[str, ...] | None
    """The contests that the key is for; None for all."""
    key_id: str
    name: str | None
    """The person's name, where it is public."""
    until: int
    """When the session ends at the latest: seconds since 1970, by the server's clock."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of a service.

    Args:
        rates: counts attempts.
        public_url: where people reach the service; empty for whatever the request says.
        area: what keys of sessions begin with. A session of one area is none in another: what takes declarations from
            everybody cannot make one for the desk.
    """

    rates: Rates
    public_url: str = ""
    area: str = "posting"

    @property
    def _servers(self) -> "Servers[Redis]":
        return self.rates.servers

    async def challenge(self, request: Request, election: str) -> Response:
        """Draw a challenge.

        Raises:
            NotTaken: there are too many, or it did not come from our own page over HTTPS.
        """
        require_private(request)
        self.require_own_page(request)
        drawn = encode(secrets.token_bytes(32))
        key = challenge_key(self.area, election, _digest(drawn))
        try:
            await self.rates.require(election, SIGN_INS, sender_address(request))
            await (await self._servers.current(key)).set(key, 1, ex=CHALLENGE_S)
        except RedisError as error:
            raise trouble(error) from error
        told = {"challenge": drawn, "election": election, "expires_in": CHALLENGE_S}
        return JSONResponse(told, 201, {"Cache-Control": "no-store"})

    async def begin(self, request: Request, election: str, content: bytes) -> Response:
        """Begin a session for whoever has signed a challenge, and set its cookie.

        Raises:
            NotTaken: the proof is not of that kind, was used, is for something else, or its key is not valid.
        """
        require_private(request)
        self.require_own_page(request)
        address = sender_address(request)
        try:
            await self.rates.require(election, SIGN_INS, address)
            try:
                signed_in = await self._proved(request, election, content)
            except NotTaken as why:
                await self.rates.require(election, FAILURES, address, len(content))
                await note_turned_away(self._servers, election, address, why)
                raise
            token = encode(secrets.token_bytes(32))
            record = SessionRecord(signed_in.person, signed_in.key_id, signed_in.until)
            key = session_key(self.area, election, _digest(token))
            await (await self._servers.current(key)).set(key, record.encode(), ex=IDLE_S)
        except RedisError as error:
            raise trouble(error) from error
        answer = JSONResponse(told(signed_in), 201, {"Cache-Control": "no-store"})
        self._set_cookie(request, answer, election, token, ENDS_S)
        return answer

    async def person(self, request: Request, election: str) -> SignedIn:
        """Return who is signed in to an election, and count this as use of the session.

        Raises:
            NotTaken: nobody is, or the server is away.
        """
        token = request.cookies.get(self._cookie(request, election), "")
        if not token:
            raise not_signed_in()
        key = session_key(self.area, election, _digest(token))
        try:
            client = await self._servers.current(key)
            stored = cast("bytes | None", await client.get(key))
            if stored is None:
                raise not_signed_in()
            record = SessionRecord.decode(stored)
            enrolled, now = await self._valid_key(election, record.key_id)
            if now >= record.until:
                raise not_signed_in()
            await client.expire(key, min(IDLE_S, record.until - now))
        except RedisError as error:
            raise trouble(error) from error
        return _signed_in(enrolled, record.key_id, record.until)

    async def end(self, request: Request, election: str) -> Response:
        """End the session of a request, if there is one.

        Raises:
            NotTaken: the page of another site asks for it.
        """
        self.require_own_page(request)
        token = request.cookies.get(self._cookie(request, election), "")
        if token:
            key = session_key(self.area, election, _digest(token))
            try:
                await (await self._servers.current(key)).delete(key)
            except RedisError as error:
                raise trouble(error) from error
        answer = Response(status_code=204, headers={"Cache-Control": "no-store"})
        self._set_cookie(request, answer, election, "", 0)
        return answer

    def origin(self, request: Request) -> str:
        """Return the origin of the pages of this service, as a browser writes it."""
        # Whoever runs it opens it on the machine itself, too.
        if self.public_url and not _at_home(request):
            parts = urlsplit(self.public_url)
            return f"{parts.scheme}://{parts.netloc}".lower()
        return f"{request.url.scheme}://{request.headers.get('host', '')}".lower()

    def require_own_page(self, request: Request) -> None:
        """See that a page of ours has sent a request that changes something.

        A browser says so itself: Sec-Fetch-Site, or in an old one Origin. A script has to say one of them, too.

        Raises:
            NotTaken: none has.
        """
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        # A form of a page without a referrer has the origin "null": then Sec-Fetch-Site alone says it.
        if (origin not in (None, "null") and origin != self.origin(request)) or site not in (None, "same-origin"):
            raise not_allowed(FOREIGN)
        if site is None and origin in (None, "null"):
            raise not_allowed(FOREIGN)

    async def _proved(self, request: Request, election: str, content: bytes) -> SignedIn:
        """Return who has signed a challenge of ours, which is used from now on.

        Raises:
            NotTaken: nobody has, or with a key that is not valid.
        """
        try:
            proof = read_proof(SignIn.model_validate_json(content).proof)
        except ValidationError:
            proof = None
        if proof is None:
            raise _refused(fault("signature.malformed"))
        key = challenge_key(self.area, election, _digest(proof.said.challenge))
        # Used whatever else is wrong: nobody tries twice with the same one.
        unused = await (await self._servers.current(key)).delete(key) == 1
        if not unused or proof.said.election != election or proof.said.origin != self.origin(request):
            raise NotTaken(Problem(title=NOT_SIGNED_IN, status=401, detail=USED), ASKS)
        key_id = proof.signature.key_id
        enrolled, now = await self._valid_key(election, key_id)
        public_key = read_public_key(enrolled.public_key)
        if public_key is None or not proof.holds(public_key):
            raise _refused(fault("signature.wrong", key=key_id, person=enrolled.person))
        return _signed_in(enrolled, key_id, now + ENDS_S)

    async def _valid_key(self, election: str, key_id: str) -> tuple[EnrolledKey, int]:
        """Return a key that is valid now, and the server's time in seconds since 1970.

        Raises:
            NotTaken: it is not.
        """
        table = Partition(election).key(KEYS)
        client = await self._servers.current(table)
        pipeline = client.pipeline(transaction=False)
        pipeline.hlen(table)
        pipeline.hget(table, key_id)
        pipeline.time()
        enrolled, stored, (now, _) = cast("tuple[int, bytes | None, tuple[int, int]]", await pipeline.execute())
        if not enrolled:
            raise not_allowed(UNSIGNED)
        if stored is None:
            raise _refused(fault("signature.unknown_key", key=key_id))
        key = EnrolledKey.decode(stored)
        for found in check_validity(key, datetime.fromtimestamp(now, UTC).isoformat()):
            raise _refused(found)
        return key, now

    def _cookie(self, request: Request, election: str) -> str:
        """Return the name of the cookie: one for each election, so that a rehearsal may be watched beside the night."""
        # A browser takes a name with this prefix only over HTTPS, from the host itself and for all of it.
        prefix = "__Host-" if request.url.scheme == "https" else ""
        return f"{prefix}tallywire.{election}"

    def _set_cookie(self, request: Request, answer: Response, election: str, token: str, lasts_s: int) -> None:
        answer.set_cookie(
            self._cookie(request, election),
            token,
            max_age=lasts_s,
            path="/",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )


def _at_home(request: Request) -> bool:
    """Whether a request comes from this machine, and is for an address that only means this machine."""
    try:
        here = ip_address(request.client.host if request.client else "").is_loopback
        name = urlsplit(f"//{request.headers.get('host', '')}").hostname
    except ValueError:
        return False
    return here and "x-forwarded-for" not in request.headers and name in HOME


def told(signed_in: SignedIn) -> dict[str, object]:
    """Return what somebody is told who asks who is signed in."""
    return {
        "person": signed_in.person,
        "name": signed_in.name,
        "role": signed_in.role,
        "contests": signed_in.contests,
        "key_id": signed_in.key_id,
        "until": datetime.fromtimestamp(signed_in.until, UTC).isoformat().replace("+00:00", "Z"),
    }


def not_signed_in() -> NotTaken:
    """Nobody is signed in."""
    return NotTaken(Problem(title=NOT_SIGNED_IN, status=401, detail=NOBODY), ASKS)


def _refused(found: Fault) -> NotTaken:
    reasons = reasons_for([found])
    return NotTaken(Problem(title=NOT_SIGNED_IN, status=401, detail=reasons[0].message, reasons=reasons), ASKS)


def _signed_in(key: EnrolledKey, key_id: str, until: int) -> SignedIn:
    return SignedIn(key.person, key.role, key.contests, key_id, key.name, until)


def _digest(secret: str) -> str:
    # Not the secret itself: names of keys are seen by whoever may list them.
    return sha256(secret.encode(errors="replace")).hexdigest()
