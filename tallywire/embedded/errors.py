"""Why the embedded server cannot be used. Each text says what to do about it."""

from tallywire.trouble import Exit, Trouble


class ServerTrouble(Trouble):
    """The embedded server cannot be used."""

    def __init__(self, message: str, exit_code: Exit = Exit.NO_SERVER) -> None:
        super().__init__(message, exit_code)


class ServerMissing(ServerTrouble):
    """There is no server program on this machine."""


class FolderUnusable(ServerTrouble):
    """The data folder cannot be made or written."""


class FolderInUse(ServerTrouble):
    """Somebody else is using the data folder."""


class PortTaken(ServerTrouble):
    """Another program listens on the port, or it is not ours to use."""


class ServerFailed(ServerTrouble):
    """The server could not be run, ended while it was starting, or does not answer."""
