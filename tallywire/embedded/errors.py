"""Why the embedded server cannot be used. Each text says what to do about it."""

# ruff: noqa: N818  # each names what is the case

from tallywire.client.errors import NoServerError, RefusedError


class EmbeddedServerError(NoServerError):
    """The embedded server cannot be used."""


class ServerMissing(EmbeddedServerError):
    """There is no server program on this machine."""


class FolderUnusable(EmbeddedServerError):
    """The data folder cannot be made or written."""


class FolderInUse(EmbeddedServerError):
    """A server that somebody else started is running on the data folder."""


class PortTaken(EmbeddedServerError):
    """Another program listens on the port, or it is not ours to use."""


class ServerFailed(EmbeddedServerError):
    """The server could not be run, ended while it was starting, or does not answer."""


class AlreadyRunning(RefusedError):
    """Another ``tallywire run`` has the data folder."""
