"""The command line itself: help, usage, and how a command ends."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from schemas import RELEASE
from tallywire.__main__ import main
from tallywire.cli import app
from tallywire.cli.exit_codes import Exit
from tallywire.cli.options import DEFAULT_DATA, DEFAULT_PORT, DEFAULT_URL

COMMANDS = [
    "demo",
    "watch",
    "tallies",
    "results",
    "control",
    "receipts",
    "desk",
    "desk show",
    "desk confirm",
    "desk reject",
    "desk return",
    "rehearse",
    "declare",
    "election load",
    "election amend",
    "pack check",
    "run",
    "ingest",
    "aggregate",
    "notify",
    "webhooks run",
    "webhooks add",
    "webhooks rotate",
    "webhooks test",
    "webhooks list",
    "webhooks pause",
    "webhooks resume",
    "webhooks replay",
    "webhooks remove",
    "webhooks save",
    "webhooks restore",
    "publishing",
    "sandbox",
    "api-key",
    "health",
    "acl",
    "verify",
    "checkpoint",
    "keys make",
    "keys enrol",
    "keys invite",
    "keys requests",
    "keys list",
    "keys show",
    "keys rotate",
    "keys retire",
    "keys sign-out",
    "keys note",
    "export",
    "restore",
    "rebuild",
    "parked",
    "parked retry",
]

NOWHERE = "redis://127.0.0.1:1"
"""Port 1 is nobody's."""

SERVER = "redis://127.0.0.1:2"
"""And so is port 2."""


def invoke(*arguments: str, text: str | bytes = "") -> Result:
    """Run a command in this process."""
    return CliRunner(env={"TALLYWIRE_REDIS_URL": NOWHERE, "COLUMNS": "100"}).invoke(app, arguments, input=text)


def test_help_lists_every_command() -> None:
    """One look shows all there is."""
    shown = invoke("--help").stdout
    assert [command for command in COMMANDS if f" {command.split()[0]} " not in shown] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    """Help says what a command does and shows one that could be typed."""
    result = invoke(*command.split(), "--help")
    assert result.exit_code == 0
    assert f"Example: tallywire {command}" in result.stdout


SILENT = ("ingest", "aggregate", "notify", "publishing", "sandbox", "webhooks run")
"""Commands that print nothing, and log JSON."""


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in SILENT])
def test_what_a_command_prints_can_be_had_for_programs(command: str) -> None:
    """Promise: every command that prints takes --json; services print nothing, and log JSON."""
    assert "--json" in invoke(*command.split(), "--help").stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_nothing_that_only_a_checkout_has(command: str) -> None:
    """Promise: who has installed the wheel can type what help shows: no path of the repository, no make."""
    shown = invoke(*command.split(), "--help").stdout
    assert "elections/" not in shown
    assert "make " not in shown.replace("keys make ", "")


def test_help_waits_for_nothing_heavy() -> None:
    """Help is instant: neither the services' frame, nor Redis, nor pydantic is imported for it."""
    script = (
        "import sys; from typer.testing import CliRunner; from tallywire.cli import app; "
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0; "
        "print([name for name in ('faststream', 'redis', 'pydantic', 'services') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("tallywire tal", ["tallies"]),
        ("tallywire --redis redis://127.0.0.1 tal", ["tallies"]),
        ("tallywire health n", ["notify"]),
        ("tallywire watch --fr", ["--from-start"]),
        ("tallywire declare pcc.2024", ["pcc.2024-05-02"]),
        ("tallywire tallies --election parl.2024", ["parl.2024-07-04"]),
    ],
)
def test_a_shell_completes_what_was_begun(typed: str, offered: list[str]) -> None:
    """Promise: commands, options, services and bundled elections are completed; bash asks so."""
    asked = {"_TALLYWIRE_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}
    done = subprocess.run(
        [sys.executable, "-m", "tallywire"], check=True, capture_output=True, text=True, env=os.environ | asked
    )
    assert done.stdout.split() == offered


def test_version_is_the_packages() -> None:
    """For a bug report."""
    assert invoke("--version").stdout == f"tallywire {RELEASE}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("declare",),
        ("declare", "no-such-file.json"),
        ("declare", "-", "--election", "{no}election"),
        ("demo", "--speed", "fast"),
        ("demo", "no-such-pack"),
        ("election", "load", "no-such-pack"),
        ("pack", "check", "no-such-pack"),
        ("health", "gossip"),
        ("tallies", "--redis", "http://127.0.0.1"),
        ("ingest", "--redis", "127.0.0.1:6379"),
        ("tallies", "--redis", "redis://[::1"),
    ],
    ids=" ".join,
)
def test_a_mistake_on_the_command_line_is_explained(arguments: tuple[str, ...]) -> None:
    """Exit code 2, a sentence on standard error, nothing on standard output, no traceback."""
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
    assert "Traceback" not in result.stderr


def test_a_value_that_does_not_fit_is_called_so_in_our_own_words() -> None:
    """Promise: whatever takes a number or one of some words says what is wrong, and never in a library's words."""
    said: list[str] = []
    for path, parameter in numbers_and_choices():
        options = [parameter.opts[-1]] if parameter.opts[-1].startswith("-") else ["--"]
        for value in ("x", "nan", "-1"):
            words = " ".join(invoke(*path, *options, value).stderr.replace("\u2502", "").split())
            assert not re.search("Input should|Value error|unable to parse", words), words
            said.append(words)
    for expected in (
        "'x' is no whole number.",
        "'x' is no number.",
        "nan",
        "-1 is too small: 1 is the least.",
        "'x' is not one of 'scotland'",
    ):
        assert any(expected in words for words in said), expected


def numbers_and_choices() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each option and argument that takes no text, with the words of its command."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), get_command(app))]
    while waiting:
        path, command = waiting.pop()
        waiting.extend(((*path, name), each) for name, each in getattr(command, "commands", {}).items())
        for parameter in command.params:
            annotation = str(parameter.type_descriptor.annotation)
            if path and re.search(r"\bint\b|float|Literal", annotation):
                yield path, parameter


@pytest.mark.parametrize(
    "words",
    [("keys", "make", "/"), ("keys", "note", "."), ("pack", "check", "n" * 300), ("declare", "n" * 300)],
    ids=lambda words: " ".join(words)[:20],
)
def test_a_name_that_no_file_can_have_is_a_mistake_of_the_command_line(words: tuple[str, ...]) -> None:
    """Promise: whatever a file is called, that is no fault of ours."""
    result = invoke(*words)
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    assert re.search("is there already|has too long a name", result.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        ("declare", "-"),
        ("election", "load", "pcc.2024-05-02"),
        ("election", "amend", "-"),
        ("watch",),
        ("tallies",),
        ("demo",),
    ],
    ids=" ".join,
)
def test_a_server_that_is_away_is_named(arguments: tuple[str, ...]) -> None:
    """Exit code 3, and a sentence with the URL and what to do."""
    result = invoke(*arguments, text="{}")
    assert (result.exit_code, result.stdout) == (3, "")
    assert NOWHERE in result.stderr
    assert "tallywire run" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--redis", SERVER, "--json", "--election", "pcc.1999-05-06", "tallies"),
        ("tallies", "--redis", SERVER, "--json", "--election", "pcc.1999-05-06"),
        ("--redis", NOWHERE, "tallies", "--redis", SERVER),
        ("--redis", SERVER, "election", "load", "pcc.2024-05-02"),
        ("election", "--redis", SERVER, "load", "pcc.2024-05-02"),
        ("parked", "--redis", SERVER, "retry"),
        ("--redis", SERVER, "parked", "--stage", "ingest"),
        ("--redis", SERVER, "parked"),
    ],
    ids=" ".join,
)
def test_what_most_commands_take_may_stand_before_the_command(arguments: tuple[str, ...]) -> None:
    """Promise: --redis, --election and --json mean the same on either side; what stands behind it has the last word."""
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (3, "")
    assert f"There is no server at {SERVER}" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("--redis", SERVER, "run"), "--redis"),
        (("--election", "pcc.2024-05-02", "pack", "check", "pcc.2024-05-02"), "--election"),
        (("parked", "--stage", "ingest", "retry"), "--stage"),
    ],
    ids=str,
)
def test_an_option_that_a_command_does_not_have_is_a_mistake_before_it_too(
    arguments: tuple[str, ...], option: str
) -> None:
    """Promise: nothing that was typed is passed over."""
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"No such option: {option}" in result.stderr


def test_commands_look_where_run_serves() -> None:
    """A first user types no port: what ``run`` serves is where every other command looks."""
    assert DEFAULT_URL.endswith(f":{DEFAULT_PORT}")
    assert f"[default: {DEFAULT_DATA}]" in invoke("run", "--help").stdout
    assert f"[default: {DEFAULT_PORT}]" in invoke("run", "--help").stdout


def test_a_password_is_not_repeated() -> None:
    """Messages end up in logs and screenshots: a URL is shown without its password."""
    result = invoke("tallies", "--redis", "redis://desk:synthetic-secret@127.0.0.1:1")
    assert "redis://desk:***@127.0.0.1:1" in result.stderr
    assert "synthetic-secret" not in result.stderr


def test_a_url_that_is_none_is_shown_without_its_password() -> None:
    """What nobody can take apart is still shown, and still without what must not be seen."""
    result = invoke("tallies", "--redis", "redis://desk:synthetic/secret@[::1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("redis://desk:***@[::1 is not the URL of a Redis server")
    assert "secret" not in result.stderr


def test_something_that_is_no_redis_is_named(port_of_a_web_server: int) -> None:
    """A port that speaks something else gives a sentence, too."""
    result = invoke("tallies", "--redis", f"redis://127.0.0.1:{port_of_a_web_server}")
    assert result.exit_code == 3
    assert f"127.0.0.1:{port_of_a_web_server}" in result.stderr


def test_pack_check_names_faults_for_people_and_programs(broken_pack: str) -> None:
    """Exit code 1 and a table; with --json a line of JSON for each fault."""
    table = invoke("pack", "check", broken_pack)
    assert table.exit_code == 1
    assert "register.json" in table.stdout
    lines = invoke("pack", "check", broken_pack, "--json")
    assert lines.exit_code == 1
    assert '"file": "register.json", "path": "", "reason": "is not JSON' in lines.stdout


def test_pack_check_finds_nothing_wrong_with_the_bundled_pack() -> None:
    """Exit code 0."""
    result = invoke("pack", "check", "pcc.2024-05-02")
    assert (result.exit_code, result.stdout) == (0, "No faults.\n")


def test_a_reader_that_has_left_ends_the_command_quietly() -> None:
    """``tallywire ... | head -1`` prints no complaint, and its exit code accuses nobody."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tallywire", "pack", "check", "pcc.2024-05-02"],
            check=False,
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_fault_of_ours_is_a_sentence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even what we did not think of shows no traceback, says whose fault it is, and has its own exit code."""
    monkeypatch.setattr("tallywire.packs.pack.check_pack", lambda _path: 1 / 0)
    monkeypatch.delenv("TALLYWIRE_TRACEBACK", raising=False)
    result = invoke("pack", "check", "pcc.2024-05-02")
    assert result.exit_code == 70
    assert result.stderr.startswith("This is a fault in Tallywire: ZeroDivisionError")
    assert "Traceback" not in result.stderr


def test_a_python_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise: one sentence, and the exit code for what stands in the way; nothing was typed wrongly."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "Tallywire needs Python 3.11 or newer, and this is 3.10.\n"


def test_the_servers_url_may_be_in_a_file(tmp_path: Path) -> None:
    """Promise: a secret need not be in the environment; said twice it is a mistake, and none is ever printed."""
    held = tmp_path / "url"
    held.write_text(f"{SERVER.replace('//', '//desk:Hidden1@')}\n", "utf-8")
    in_file = {"TALLYWIRE_REDIS_URL_FILE": str(held), "COLUMNS": "200"}
    asked = CliRunner(env=in_file).invoke(app, ["tallies"])
    assert (asked.exit_code, "127.0.0.1:2" in asked.output) == (3, True)
    # What is typed is meant, as with a variable.
    assert "127.0.0.1:1" in CliRunner(env=in_file).invoke(app, ["tallies", "--redis", NOWHERE]).output
    twice = CliRunner(env={**in_file, "TALLYWIRE_REDIS_URL": NOWHERE}).invoke(app, ["tallies"])
    assert (twice.exit_code, "both set" in twice.output) == (2, True)
    assert CliRunner(env={**in_file, "TALLYWIRE_REDIS_URL": ""}).invoke(app, ["tallies"]).exit_code == 3
    for content, words in (
        (b"", "nothing"),
        (b"Hidden1\nx", "one line"),
        (b"\xffHidden1", "not text"),
        (None, "read"),
    ):
        held.unlink() if content is None else held.write_bytes(content)
        refused = CliRunner(env=in_file).invoke(app, ["tallies"])
        assert (refused.exit_code, words in refused.output, "Hidden1" in refused.output) == (2, True, False), content


def test_a_key_id_may_begin_with_a_hyphen() -> None:
    """Promise: one key id in 64 does; it is an argument, not options that nobody has."""
    key_id = "-Ei6R4wDrhPB7Pov4eNJVGJ2lYipWIhs6e-mFrlsNbU"
    done = invoke("keys", "enrol", key_id, "--redis", "redis://127.0.0.1:1")
    assert "No such option" not in done.output
    assert "Usage" not in done.output
