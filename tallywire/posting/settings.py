"""What the operator says of the posting service."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator says of the posting service."""

    public_url: str = ""
    """Where people reach it; empty for whatever their requests say."""
    desk: str = ""
    """URL of the servers as whom the desk reads them; empty where no desk is served."""
    telephone: str = ""
    """The desk's telephone number, which the entry pages show; empty where nobody said."""


NO_SETTINGS: Final = Settings()
"""Nothing is said."""
