"""An election is closed when its night is over, and opened again only by its operator."""

from schemas.wire import Name, Sent


class Closing(Sent):
    """The election is closed, or opened again. Signed by the operator.

    While it is closed nothing else is accepted.
    """

    closed: bool = True
    """Whether it is closed from now on; false opens it again."""
    reason: Name | None = None
    """Why, in words; needed where it is opened again."""
