"""Every type that may be sent has its rows."""

from schemas.events import ON_LEDGER, OURS, SENT
from schemas.streams import DECLARATIONS, LEDGER
from services.aggregate.rules.derived_events import CHANGES
from services.ingest.rules.messages import MESSAGES
from streams.ledger_tail import ATTRIBUTES


def test_every_type_that_may_be_sent_has_its_rows() -> None:
    """Promise: whoever adds a type and forgets what ingest does about it, or aggregate, is told here."""
    assert SENT.keys() == MESSAGES.keys()
    assert ON_LEDGER.keys() == CHANGES.keys()
    assert [SENT[name] for name in SENT] == [message.event for message in MESSAGES.values()]
    assert tuple(SENT.values()) == DECLARATIONS.events
    assert tuple(ON_LEDGER.values()) == LEDGER.events


def test_what_is_appended_on_the_ledger_nobody_else_may_send() -> None:
    """Promise: where the sender's bytes end is certain, because no sender's event ends in an attribute of ours."""
    assert ATTRIBUTES.keys() <= set(OURS)
