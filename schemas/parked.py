"""An entry on which one of our own rules failed."""

from schemas.wire import Published


class Parked(Published):
    """An entry set aside so that it delays nobody; a person looks at it, and it can be put back."""

    stage: str
    """The service whose rule failed."""
    stream: str
    """The stream the entry is on."""
    entry_id: str
    """The entry's id there."""
    reason: str
    """The error, one line."""
