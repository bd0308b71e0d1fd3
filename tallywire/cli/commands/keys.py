"""Commands about keys: those that people sign with, and those that sign heads of a ledger."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tallywire.cli.exit_codes import Exit
from tallywire.cli.group import Commands
from tallywire.cli.options import (
    DEFAULT_URL,
    PUBLIC_URL_VARIABLE,
    RECEIPT_TIMEOUT_S,
    Election,
    Json,
    JsonValues,
    Key,
    PublicUrl,
    RedisUrl,
    Timeout,
    common,
    read,
)

if TYPE_CHECKING:
    from schemas.key import Role
    from tallywire.client.connection import Connection
    from tallywire.client.signing import SigningKey
    from tallywire.people.enrolling import Holding
    from tallywire.people.requests import KeyRequest

keys_app = typer.Typer(
    cls=Commands,
    callback=common,
    help="Make keys, enrol them in an election, and retire them.",
    no_args_is_help=True,
)


def _roles(incomplete: str = "") -> list[str]:
    from typing import get_args

    from schemas.key import Role

    return [role for role in get_args(Role) if role.startswith(incomplete)]


def _role(name: str | None) -> str | None:
    if name is not None and name not in _roles():
        raise typer.BadParameter(f"{name!r} is no role. There are: {', '.join(_roles())}.")
    return name


def _time(text: str | None) -> str | None:
    try:
        known = text is None or datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        known = False
    if not known:
        raise typer.BadParameter(f"{text!r} is no time with its offset from UTC: 2030-05-03T06:00:00+01:00")
    return text


KeyFile = Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key goes.")]
RequestFile = Annotated[
    Path, typer.Argument(metavar="REQUEST", help="The request: the file FILE.request, or - for standard input.")
]
KeyId = Annotated[str, typer.Argument(metavar="KEY_ID", help="The key's id, as `keys list` shows it.")]
Request = Annotated[
    str,
    typer.Argument(
        metavar="REQUEST", help="The file FILE.request, - for standard input, or the key id of a request that waits."
    ),
]
OfInvitation = Annotated[
    str | None,
    typer.Option("--person", metavar="ID", help="An id for the person. (default: as the invitation says)"),
]
RoleOfInvitation = Annotated[
    str | None,
    typer.Option(
        "--role", metavar="ROLE", callback=_role, autocompletion=_roles, help="(default: as the invitation says)"
    ),
]
Person = Annotated[
    str, typer.Option("--person", metavar="ID", help="An id for the person, which is public: clerk-3, not a name.")
]
RoleOption = Annotated[
    str,
    typer.Option(
        "--role",
        metavar="ROLE",
        callback=_role,
        autocompletion=_roles,
        help="clerk, second-person, returning-officer, desk, operator or service.",
    ),
]
Contests = Annotated[
    list[str] | None,
    typer.Option("--contest", metavar="BALLOT", help="A contest it is for; may be given again. (default: all)"),
]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="TIME", callback=_time, help="When it begins to be valid. (default: now)"),
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", callback=_time, help="When it ceases to be. (default: never)")
]
HolderName = Annotated[
    str | None,
    typer.Option(
        "--name",
        metavar="NAME",
        help="The holder's name. Kept private, but for a returning officer's. (default: as the request says)",
    ),
]


@keys_app.command(epilog="Example: tallywire keys make norfolk.key")
def make(
    file: KeyFile,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Your name, for the operator alone.")
    ] = None,
    invitation: Annotated[
        str | None, typer.Option("--invitation", metavar="LINK", help="The link that the operator has sent you.")
    ] = None,
    as_json: JsonValues = False,
) -> None:
    """Make a key to sign with. FILE is private and stays with you; give FILE.request to the operator, who enrols it.

    With --invitation the request is sent there.
    """
    from tallywire.cli.screen import open_console, print_lines, write_values
    from tallywire.people.invitations import read_link
    from tallywire.people.requests import make as made
    from tallywire.people.requests import request_of
    from tallywire.people.sending import send_request

    address, token = (None, None) if invitation is None else read_link(invitation)
    made_now = made(file, name, token)
    key, request = made_now.key, request_of(file)
    if address is not None:
        send_request(address, made_now.request)
    if as_json:
        told = {"private_key": str(file), "request": str(request), "key_id": key.key_id, "public_key": key.public_key}
        write_values([told])
        return
    print_lines(
        open_console(),
        (
            f"key id {key.key_id}",
            f"{file} is the private key: only you can read it, and nobody else ever needs it.",
            f"{request} goes to the operator, who enrols it. It can sign nothing."
            if address is None
            else "The request is with the operator, who enrols it. Compare the key id, by telephone or in person.",
        ),
    )


@keys_app.command(
    epilog="Example: tallywire keys enrol norfolk.key.request --key operator.key --person norfolk-ro "
    "--role returning-officer --contest pcc.norfolk.2024-05-02"
)
def enrol(
    request: Request,
    *,
    person: OfInvitation = None,
    role: RoleOfInvitation = None,
    contest: Contests = None,
    name: HolderName = None,
    valid_from: From = None,
    valid_until: Until = None,
    key: Key = None,
    election: Election = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Enrol a key: from then on its holder may sign what the role allows. Signed with the operator's key (--key).

    The request shows that whoever made it has the key; that it is the person's, you have to know: compare its key id.
    """
    from pathlib import Path

    from schemas.signatures import KEY_ID
    from tallywire.client.connection import open_connection
    from tallywire.client.signing import require_key
    from tallywire.people.enrolling import Holding, named
    from tallywire.people.invitations import used, waiting_request
    from tallywire.people.requests import read_request

    signing, file = require_key(key), Path(request)
    with open_connection(redis) as connection:
        chosen = connection.choose_one(election)
        waits = None
        contests = tuple(contest) if contest else None
        if KEY_ID.fullmatch(request) and not file.exists():
            waits = waiting_request(connection, chosen, request)
            invited, asked = waits.invited, waits.request
            person, role, contests = person or invited.person, role or invited.role, contests or invited.contests
        else:
            asked = read_request(read(file), request)
        if person is None or role is None:
            raise typer.BadParameter("Say who holds the key, and in which role, with --person and --role.")
        given: Role = role  # type: ignore[assignment]  # checked by the option
        holding = Holding(person, given, contests, valid_from, valid_until, named(asked, name))
        code = _enrol(connection, chosen, asked, holding, signing, timeout_s=timeout, as_json=as_json)
        if waits is not None and code is Exit.DONE:
            used(connection, chosen, waits.digest)
    raise typer.Exit(code)


@keys_app.command(
    epilog="Example: tallywire keys rotate 7x2Ft3cZ0aF4n8m1pQ9sKdL5vB6gH7jW8yE0uR1tXoA new.key.request "
    "--key operator.key"
)
def rotate(
    old: Annotated[str, typer.Argument(metavar="OLD_KEY_ID", help="The key that is to be replaced.")],
    request: RequestFile,
    *,
    valid_until: Until = None,
    key: Key = None,
    election: Election = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Enrol a new key for whoever holds the old one, in the same role and for the same contests. Both are valid then.

    The old one is retired once the new one has been used.
    """
    from tallywire.cli.group import say
    from tallywire.client.connection import open_connection
    from tallywire.client.people import read_holder
    from tallywire.client.signing import require_key
    from tallywire.people.enrolling import Holding, known_key, named
    from tallywire.people.requests import read_request

    signing = require_key(key)
    asked = read_request(read(request), str(request))
    with open_connection(redis) as connection:
        chosen = connection.choose_one(election)
        known = known_key(connection, chosen, old)
        holder = read_holder(connection, chosen, old) or (named(asked, known.name))
        holding = Holding(known.person, known.role, known.contests, None, valid_until, holder)
        code = _enrol(connection, chosen, asked, holding, signing, timeout_s=timeout, as_json=as_json)
    if code is Exit.DONE:
        say(
            f"Both keys of {known.person} are valid now. Once the new one has been used, retire the old one:\n"
            f"tallywire keys retire {old} --key FILE --reason 'replaced by a new key'"
        )
    raise typer.Exit(code)


@keys_app.command(
    epilog="Example: tallywire keys retire 7x2Ft3cZ0aF4n8m1pQ9sKdL5vB6gH7jW8yE0uR1tXoA --key operator.key "
    "--reason 'the laptop is lost'"
)
def retire(
    key_id: KeyId,
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in words. It is public.")],
    key: Key = None,
    election: Election = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Retire a key: it signs nothing from then on. What it signed before stays."""
    from tallywire.cli.receipts import send_one
    from tallywire.client.connection import open_connection
    from tallywire.client.signing import require_key
    from tallywire.people.enrolling import known_key, read_head, retirement

    signing = require_key(key)
    with open_connection(redis) as connection:
        chosen = connection.choose_one(election)
        head = read_head(connection, chosen)
        known_key(connection, chosen, key_id)
        message = retirement(head, key_id, reason, signing)
        raise typer.Exit(send_one(connection, chosen, message, timeout, as_json=as_json))


@keys_app.command("sign-out", epilog="Example: tallywire keys sign-out norfolk-ro --election pcc.2024-05-02")
def sign_out(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="The person's id, as `keys list` shows it.")],
    election: Election = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """End all sessions of a person, on every device. A valid key signs in again: to stop that, retire it."""
    from tallywire.cli.screen import write_values
    from tallywire.client.connection import open_connection
    from tallywire.people.sessions import end_sessions

    with open_connection(redis) as connection:
        ended = end_sessions(connection, connection.choose_one(election), person)
    if as_json:
        write_values([{"person": person, "ended": ended}])
    else:
        typer.echo(f"{ended} {'session' if ended == 1 else 'sessions'} of {person} ended.")


@keys_app.command(epilog="Example: tallywire keys forget clerk-1 --election pcc.2024-05-02")
def forget(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="The person's id, as `keys list` shows it.")],
    election: Election = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Delete the name of a person for good, on request. Their keys go on; the ledger has the person's id alone.

    `tallywire verify` says then that the name is not here, and proves everything else as before. A returning officer's
    name is public, on the ledger, and stays. Delete it from copies, too: FILE.private of `tallywire export`.
    """
    from tallywire.cli.screen import write_values
    from tallywire.client.connection import open_connection
    from tallywire.client.errors import NotThereError
    from tallywire.client.people import forget_holder, read_holder
    from tallywire.people.enrolling import read_keys

    with open_connection(redis) as connection:
        chosen = connection.choose_one(election)
        keys = [key_id for key_id, key in read_keys(connection, chosen).items() if key.person == person]
        named = [key_id for key_id in keys if read_holder(connection, chosen, key_id) is not None]
        if not named:
            raise NotThereError(f"No name of {person} is kept in {chosen}.")
        for key_id in named:
            forget_holder(connection, chosen, key_id)
    if as_json:
        write_values([{"person": person, "forgotten": named}])
    else:
        typer.echo(f"The name of {person} is deleted. Delete it from exports, too: they have it in FILE.private.")


@keys_app.command(
    epilog="Example: tallywire keys invite --person norfolk-ro --role returning-officer "
    "--contest pcc.norfolk.2024-05-02 --public-url https://declare.example.org"
)
def invite(
    *,
    person: Person,
    role: RoleOption,
    contest: Contests = None,
    public_url: PublicUrl = None,
    election: Election = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Make a link with which one person sends a request for one key, within a week. It is shown once.

    Hand it to the person alone: whoever has it first can send a key. You enrol that key after comparing its id.
    """
    from tallywire.cli.screen import write_values
    from tallywire.client.connection import open_connection
    from tallywire.client.errors import UsageError
    from tallywire.people.enrolling import read_head
    from tallywire.people.invitations import invite as invited
    from tallywire.people.invitations import link

    if public_url is None:
        raise UsageError(f"Say where posting is reached with --public-url URL, or in {PUBLIC_URL_VARIABLE}.")
    with open_connection(redis) as connection:
        chosen = connection.choose_one(election)
        read_head(connection, chosen)
        given: Role = role  # type: ignore[assignment]  # checked by the option
        url = link(public_url, chosen, invited(connection, chosen, person, given, tuple(contest) if contest else None))
    if as_json:
        write_values([{"election": chosen, "person": person, "role": role, "link": url}])
    else:
        typer.echo(url)


@keys_app.command(epilog="Example: tallywire keys requests --election pcc.2024-05-02")
def requests(
    election: Election = None,
    names: Annotated[
        bool, typer.Option("--names", help="Show the names that are in the requests, too: for the operator alone.")
    ] = False,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """List the requests for keys that wait. Compare the key id of each with whoever has sent it, and enrol that id."""
    from tallywire.cli.key_list import print_requests
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection

    with open_connection(redis) as connection:
        print_requests(connection, connection.choose_one(election), open_console(), names=names, as_json=as_json)


@keys_app.command("list", epilog="Example: tallywire keys list --election pcc.2024-05-02")
def list_keys(
    election: Election = None,
    names: Annotated[
        bool, typer.Option("--names", help="Show the names that are private, too: for the operator alone.")
    ] = False,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """List the keys of an election: who holds each, what it is for, and whether it is valid now."""
    from tallywire.cli.key_list import print_keys
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection

    with open_connection(redis) as connection:
        print_keys(connection, connection.choose_one(election), open_console(), names=names, as_json=as_json)


@keys_app.command(epilog="Example: tallywire keys show norfolk.key")
def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A private key, a public key (PEM), or a request.")],
    as_json: JsonValues = False,
) -> None:
    """Show what is public of a key: its id, and the public key as others need it. Never the private part."""
    from tallywire.cli.screen import open_console, print_lines, write_values
    from tallywire.people.public_keys import read_public

    found = read_public(read(file), str(file))
    if as_json:
        write_values([{"key_id": found.key_id, "public_key": found.public_key, "pem": found.pem}])
    else:
        lines = (f"key id     {found.key_id}", f"public key {found.public_key}", *found.pem.splitlines())
        print_lines(open_console(), lines)


@keys_app.command(epilog="Example: tallywire keys note night.key --name results.example.org")
def note(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key goes; FILE.pub is public.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="Whose key it is, without blanks.")] = "tallywire",
    as_json: JsonValues = False,
) -> None:
    """Make a key for `tallywire checkpoint`, in the form of signed notes. Give FILE.pub to whoever verifies."""
    from tallywire.cli.screen import write_values
    from tallywire.evidence.key_files import make_keys, public_of

    public = make_keys(file, name).encode()
    if as_json:
        write_values([{"private_key": str(file), "public_key": str(public_of(file)), "public": public}])
    else:
        typer.echo(public)


def _enrol(
    connection: "Connection",
    election: str,
    request: "KeyRequest",
    holding: "Holding",
    signing: "SigningKey",
    *,
    timeout_s: float,
    as_json: bool,
) -> Exit:
    """Enrol a key, and write down whose it is where that is private.

    Raises:
        RefusedError: it was retired before, or the election has no keys.
        NoReceiptError: it was not answered in time.
    """
    from tallywire.cli.receipts import send_one
    from tallywire.client.errors import RefusedError
    from tallywire.client.people import forget_holder, keep_holder
    from tallywire.people.enrolling import PUBLIC_NAME, enrolment, read_head, read_keys

    head = read_head(connection, election)
    message = enrolment(head, request, holding, signing)
    known = read_keys(connection, election).get(request.key_id)
    if known is not None and known.retired:
        raise RefusedError(f"The key {request.key_id} was retired, and is not enrolled again. Make a new one.")
    private = holding.holder if known is None and holding.role != PUBLIC_NAME else None
    if private is not None:
        # Before the ledger commits to it: a name that was lost could not be shown any more.
        keep_holder(connection, election, request.key_id, private)
    code = send_one(connection, election, message, timeout_s, as_json=as_json)
    if private is not None and code is Exit.REFUSED:
        forget_holder(connection, election, request.key_id)
    return code
