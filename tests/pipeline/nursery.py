"""Where the services of tests come from: a process that has everything imported, and forks them.

Each is a process of its own, and starts in some milliseconds instead of most of a second. Requests are lines of JSON
on standard input; each start, stop and end is a line of JSON on standard output. When its input ends, it kills
whatever lives, and ends.
"""

import gc
import json
import os
import selectors
import signal
import sys
import traceback
from typing import Any, Final

from pydantic import BaseModel

from schemas.events import LEDGER_EVENT, RESULTS_EVENT
from schemas.wire import Published, Sent
from tallywire.cli import app
from tests.pipeline.faults import Fault, run

_INPUT: Final = 0
_OUTPUT: Final = 1
_ERROR: Final = 2


def main() -> None:
    """Start services as asked until standard input ends."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _build_messages()
    # What is there now is there for good: collecting would only copy memory that the children share.
    gc.freeze()
    waiting = selectors.DefaultSelector()
    waiting.register(_INPUT, selectors.EVENT_READ)
    waiting.register(woken, selectors.EVENT_READ)
    living: set[int] = set()
    asked = b""
    while True:
        for key, _ in waiting.select():
            if key.fd == woken:
                os.read(woken, 4_096)
                _tell_what_happened(living)
                continue
            heard = os.read(_INPUT, 65_536)
            if not heard:
                _kill(living)
                return
            *lines, asked = (asked + heard).split(b"\n")
            for line in lines:
                living.add(_start(json.loads(line)))


def _build_messages() -> None:
    """Build every message once for all children: by itself each is built when it is first used."""
    models: list[type[BaseModel]] = [Sent, Published]
    for model in models:
        model.model_rebuild()
        models += model.__subclasses__()
    LEDGER_EVENT.rebuild()
    RESULTS_EVENT.rebuild()


def _start(asked: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            journal = os.open(asked["journal"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.dup2(log, _OUTPUT)
            os.dup2(log, _ERROR)
            os.close(_INPUT)
            if "command" in asked:
                code = _run_command(asked["command"], asked["environment"])
            else:
                fault = Fault(**asked["fault"])
                code = run(asked["service"], asked["url"], journal, fault, metrics=asked["metrics"])
        except BaseException:  # noqa: BLE001  # this process ends here, whatever happened
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    _tell(pid, "started", 0)
    return pid


def _run_command(words: list[str], environment: dict[str, str]) -> int:
    """Run a command line of ``tallywire``, and return its exit code."""
    os.environ.update(environment)
    try:
        app(words, prog_name="tallywire")
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _tell_what_happened(living: set[int]) -> None:
    while living:
        pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
        if pid == 0:
            return
        if os.WIFSTOPPED(status):
            _tell(pid, "stopped", 0)
        else:
            living.discard(pid)
            _tell(pid, "ended", os.waitstatus_to_exitcode(status))


def _tell(pid: int, what: str, code: int) -> None:
    os.write(_OUTPUT, json.dumps([pid, what, code]).encode() + b"\n")


def _kill(living: set[int]) -> None:
    for pid in living:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
