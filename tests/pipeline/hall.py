"""A count's hall: an election that asks for signatures, and people who enter declarations in browsers."""

import json
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from schemas.register import Contest, Party
from schemas.streams import DECLARATIONS
from streams.keys import CATALOGUE, Partition
from tallywire.client.connection import open_connection
from tallywire.client.signing import now
from tallywire.people.invitations import invite, link, requests
from tests.pipeline.faults import Fault
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import Sender
from tests.services.ingest.signed_election import OPERATOR, enrolment, message
from tests.services.registers import ELECTION, PARTIES, synthetic_register
from tests.waiting import wait_until

REHEARSAL: Final = f"rehearsal.{ELECTION}"


@dataclass(frozen=True)
class Somebody:
    """Who is enrolled, as `signed_election` writes it."""

    name: str
    key_id: str
    public_key: str


class Hall:
    """An election that asks for signatures, with its services, and whoever is in the hall.

    Args:
        pipeline: where.
        election: its id.
        contests: its contests; those of the synthetic election when None.
        services: those that run.
        parties: parties that it has besides those of the synthetic one, such as answers of a referendum.
        desk: whether its desk is served, too.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        election: str = ELECTION,
        contests: Mapping[str, Contest] | None = None,
        services: tuple[str, ...] = ("ingest", "aggregate"),
        parties: Mapping[str, Party] | None = None,
        *,
        desk: bool = False,
    ) -> None:
        self.pipeline = pipeline
        self.election = election
        self.test = election != ELECTION
        self.keys = Partition(election)
        self.fault = Fault(port=free_port(), desk=desk)
        register = synthetic_register(
            election=election,
            test=self.test,
            **({"contests": contests} if contests else {}),
            **({"parties": {**PARTIES, **parties}} if parties else {}),
        )
        data = json.loads(register.model_dump_json()) | {
            "signatures": "required",
            "operator_key": OPERATOR.public_key,
        }
        self._append(message("register", election, data, "register"))
        pipeline.client.xadd(CATALOGUE, {"election": election})
        for service in services:
            pipeline.start(service)
        wait_until(lambda: pipeline.client.exists(self.keys.key("ingest:keys")), what="the operator's key")
        wait_until(lambda: pipeline.client.exists(self.keys.key("standing:contests")), what="the contests")
        self.sender = Sender(pipeline, self.fault)

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"http://{self.sender.host}:{self.sender.port}"

    def stop_posting(self) -> None:
        """Kill the posting service."""
        self.sender.service.kill()

    def start_posting(self) -> None:
        """Start it again, at the same address."""
        self.sender = Sender(self.pipeline, self.fault)

    def invitation(self, person: str, role: Any, contests: tuple[str, ...] | None) -> str:  # noqa: ANN401  # a role
        """Return the link of an invitation."""
        with open_connection(self.pipeline.server.url) as connection:
            return link(self.url, self.election, invite(connection, self.election, person, role, contests))

    def enrol(self) -> list[str]:
        """Enrol whoever waits, as the operator; return the ids of their keys."""
        with open_connection(self.pipeline.server.url) as connection:
            found = list(requests(connection, self.election))
        for waiting in found:
            who = Somebody(waiting.invited.person, waiting.request.key_id, waiting.request.public_key)
            mode = "rehearsal" if self.test else "live"
            self._append(enrolment(who, waiting.invited.role, waiting.invited.contests, mode=mode))  # type: ignore[arg-type]  # it has what is read
            self.await_key(who.key_id)
        return [waiting.request.key_id for waiting in found]

    def retire(self, person: str) -> None:
        """Retire the keys of somebody whose phone was lost."""
        table = self.keys.key("ingest:keys")
        for name, value in self.pipeline.client.hgetall(table).items():
            if json.loads(value)["person"] == person:
                data = {"action": "retire", "key_id": name.decode(), "reason": "lost"}
                self._append(message("key", name.decode(), data, f"retire-{person}"))
                wait_until(lambda: json.loads(self._stored(person))["retired"], what="the key to be retired")

    def close(self, *, closed: bool = True) -> None:
        """Close the election, or open it again."""
        data = {"closed": closed, "reason": "As the test wants it."}
        self._append(message("closing", self.election, data, f"closing-{closed}"))
        table = self.keys.key("ingest:closing")
        wait_until(
            lambda: bool(self.pipeline.client.hget(table, "election")) is closed, what="it to be closed, or open"
        )

    def _stored(self, person: str) -> bytes:
        stored: list[bytes] = self.pipeline.client.hvals(self.keys.key("ingest:keys"))
        return next(value for value in stored if json.loads(value)["person"] == person)

    def await_key(self, key_id: str) -> None:
        """Wait until a key is enrolled."""
        table = self.keys.key("ingest:keys")
        wait_until(lambda: self.pipeline.client.hexists(table, key_id), what="the key to be enrolled")

    def standing(self, ballot_id: str) -> dict[str, Any] | None:
        """Return the result that stands of a contest."""
        stored = self.pipeline.client.hget(self.keys.key("standing:results"), ballot_id)
        return None if stored is None else json.loads(stored)["data"]

    @property
    def declared(self) -> int:
        """How many declarations are on the ledger."""
        entries = self.pipeline.client.xrange(self.keys.key("ledger"))
        return sum(b"tallywire.declaration.v1" in fields[b"data"] for _, fields in entries)

    @contextmanager
    def person(
        self,
        browser: Browser,
        name: str,
        role: str,
        contests: tuple[str, ...] | None,
        **options: Any,  # noqa: ANN401  # Playwright's of a context
    ) -> Iterator["Visitor"]:
        """Let somebody with a phone come in, be enrolled, and go to the entry page."""
        context = browser.new_context(**{"viewport": {"width": 360, "height": 740}, **options})
        visitor = Visitor(self, context, context.new_page())
        try:
            visitor.enrol(name, role, contests)
            yield visitor
            assert not visitor.faults, visitor.faults
        finally:
            context.close()

    def _append(self, event: dict[str, Any]) -> None:
        content = event | {"time": now(), "election": self.election} | ({"test": True} if self.test else {})
        text = json.dumps(content).encode()
        fields: Any = {"data": text, "signature": OPERATOR.sign(text)}
        self.pipeline.client.xadd(self.keys.key(DECLARATIONS.name), fields)


class Visitor:
    """Somebody with a phone."""

    def __init__(self, hall: Hall, context: BrowserContext, page: Page) -> None:
        self.hall = hall
        self.context = context
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if "Content Security" in said.text else None)

    def enrol(self, name: str, role: str, contests: tuple[str, ...] | None) -> None:
        """Open an invitation, make a key, and wait until it is enrolled."""
        self.page.goto(self.hall.invitation(name, role, contests))
        self.page.get_by_label("Your name").fill(name.replace("-", " ").title())
        self.page.get_by_role("button", name="Make this phone").click()
        expect(self.page.get_by_role("heading", name="Say this to the operator")).to_be_visible()
        self.hall.enrol()
        self.page.get_by_role("link", name="Enter a declaration").click()
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    def open(self, contest: str) -> None:
        """Choose a contest."""
        self.page.get_by_role("link", name=contest).click()
        expect(self.page.get_by_role("heading", name="Type the figures")).to_be_visible()

    def type(self, **figures: str) -> None:
        """Type figures into fields: ``votes_ann_example``, ``papers``, ``head_unmarked``."""
        for name, text in figures.items():
            self.field(name).fill(text)

    def field(self, name: str) -> Any:  # noqa: ANN401  # Playwright's locator
        """Return a field."""
        part, _, rest = name.partition("_")
        rest = rest if part == "head" else rest.replace("_", "-")
        return self.page.locator(f'[id="f-{part}{"." + rest if rest else ""}"]')

    def press(self, name: str) -> None:
        """Press a button, or follow a link, whose words begin so."""
        named = re.compile(f"^{re.escape(name)}")
        with self._told():
            self.page.get_by_role("button", name=named).or_(self.page.get_by_role("link", name=named)).first.click()

    def heading(self, text: str) -> None:
        """Wait for a heading: a page asks every eight seconds what another person has typed."""
        with self._told():
            expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Let what fails say what was on the page."""
        try:
            yield
        except (AssertionError, Error) as error:
            error.add_note(self.page.locator("main").inner_text())
            raise


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
