"""The desk in a browser, over real services, with people whose keys the browser keeps."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Page

from schemas.register import Contest, Party
from schemas.signatures import encode
from tallywire.pages import files
from tests.pipeline.faults import Fault
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import Sender
from tests.pipeline.signing_in import Browser
from tests.services.ingest.signed_election import DESK, OPERATOR, Person, enrolment
from tests.services.registers import ELECTION
from tests.tallywire.desk.signed_desk import SignedDesk, expected_late

OTHER_DESK: Final = Person("synthetic-other-desk")

KEEP_KEY: Final = """async ([people, election, kid, x, der]) => {
  const {keepKey} = await import(people)
  const bytes = Uint8Array.from(atob(der), (one) => one.charCodeAt(0))
  const secret = await crypto.subtle.importKey('pkcs8', bytes, {name: 'Ed25519'}, false, ['sign'])
  await keepKey({election, kid, x, secret, made: new Date().toISOString()})
}"""


class DeskNight:
    """A signed election with a second desk, and a service that serves its desk.

    Args:
        pipeline: the server.
        folder: where keys are kept.
        contests: contests with other facts than the synthetic ones; two are expected, one is late, when None.
        parties: parties that the election has besides.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        folder: Path,
        contests: Mapping[str, Contest] | None = None,
        parties: Mapping[str, Party] | None = None,
    ) -> None:
        self.election = SignedDesk(pipeline, folder, expected_late() if contests is None else contests, parties)
        self.election.post(OPERATOR, enrolment(OTHER_DESK, "desk", None))
        self.sender = Sender(pipeline, Fault(desk=True))
        self.url = f"http://{self.sender.host}:{self.sender.port}"
        self.desk = f"{self.url}/desk/{ELECTION}"

    def browser(self, who: Person) -> Browser:
        """Return a browser, without a window, in which somebody is signed in."""
        browser = Browser(self.sender)
        assert browser.sign_in(who).status == 201
        return browser

    def keep_key(self, page: Page, who: Person) -> None:
        """Put somebody's key into a browser, as if it had been made there."""
        page.goto(f"{self.url}/desk")
        der = who.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        people = files.address("people.js")
        page.evaluate(KEEP_KEY, [people, ELECTION, who.key_id, who.public_key, _base64(der)])

    def sit_down(self, page: Page, who: Person = DESK) -> None:
        """Open the desk and sign in."""
        self.keep_key(page, who)
        page.goto(self.desk)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_selector("main[data-page=desk]")


def _base64(content: bytes) -> str:
    text = encode(content).replace("-", "+").replace("_", "/")
    return text + "=" * (-len(text) % 4)
