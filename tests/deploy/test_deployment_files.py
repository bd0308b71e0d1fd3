"""The promises of the files that Tallywire is deployed with.

They are read, not run: these tests need no container engine.
"""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any, cast

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

from tallywire.embedded.program import server_command

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = ("ingest", "aggregate", "notify")
SERVICES = (*PIPELINE, "posting", "publishing", "webhooks")
LOCKS = ("requirements.txt", "requirements-dev.txt")

PACKAGES = ("schemas", "services", "streams", "tallywire")

EXACT_VERSION = re.compile(r"\d+\.\d+\.\d+")


def read(name: str) -> str:
    """The text of a file at the root of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file, with its anchors resolved."""
    return cast("dict[str, Any]", YAML(typ="safe").load(read("docker-compose.yml")))


@pytest.fixture(scope="module")
def containers(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The containers of the compose file by name."""
    return cast("dict[str, dict[str, Any]]", compose["services"])


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads(read("pyproject.toml"))


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions as (keyword, arguments), continuation lines joined."""
    lines = [line for line in read("Dockerfile").splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    split = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]
    return [(keyword.upper(), arguments) for keyword, arguments in split]


def pins(lock: str) -> dict[str, str]:
    """The version that a lock file pins for each package."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", read(lock), re.MULTILINE))


# --- the server ---------------------------------------------------------------------------------------------


def test_an_acknowledged_declaration_is_on_disk(containers: dict[str, dict[str, Any]]) -> None:
    """The server logs every write, and syncs the log before it answers."""
    command = " ".join(containers["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--appendfsync always" in command


@pytest.mark.parametrize(
    "option",
    [
        "--proto-max-bulk-len",
        "--client-query-buffer-limit",
        "--client-output-buffer-limit",
        "--auto-aof-rewrite-min-size",
    ],
)
def test_the_server_is_told_the_same_as_the_embedded_one(containers: dict[str, dict[str, Any]], option: str) -> None:
    """It refuses a value that nobody sends in earnest, and does not write its log anew in the middle of a night."""
    embedded = server_command(Path("valkey-server"), Path("data"), port=6379)
    command = containers["redis"]["command"]
    assert command[command.index(option) + 1] == embedded[embedded.index(option) + 1]


def test_a_server_with_users_is_told_what_one_without_is(containers: dict[str, dict[str, Any]]) -> None:
    """The compose file for a server with users adds the list of users, and leaves nothing out."""
    secured = YAML(typ="safe").load(read("deploy/compose.users.yml"))["services"]["redis"]["command"]
    assert [word for word in secured if word not in ("--aclfile", "/run/secrets/users.acl")] == containers["redis"][
        "command"
    ]


def test_the_log_outlives_its_container(compose: dict[str, Any]) -> None:
    """The server's data folder is a named volume, so that a new container goes on with the old data."""
    sources = dict(entry.split(":")[1::-1] for entry in compose["services"]["redis"]["volumes"])
    assert sources["/data"] in compose["volumes"]


def test_nothing_is_published_beyond_this_machine(containers: dict[str, dict[str, Any]]) -> None:
    """The server asks for no password, so no port is reachable from another machine."""
    ports = [port for container in containers.values() for port in container.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_commands_on_the_host_are_told_where_the_server_is(containers: dict[str, dict[str, Any]]) -> None:
    """The document names the address at which the server is published, unless told otherwise."""
    (published,) = containers["redis"]["ports"]
    host, variable, default = re.fullmatch(r"([\d.]+):\$\{(\w+):-(\d+)\}:6379", published).groups()  # type: ignore[union-attr]  # it fails there
    text = read("docs/operating.md")
    assert f"`TALLYWIRE_REDIS_URL=redis://{host}:{default}`" in text
    assert f"`{variable}`" in text


def test_a_server_that_still_loads_is_not_healthy(containers: dict[str, dict[str, Any]]) -> None:
    """The probe counts an error reply as a failure, where `valkey-cli ping` alone would exit with 0."""
    assert containers["redis"]["healthcheck"]["test"] == ["CMD", "valkey-cli", "-e", "ping"]


def test_the_server_is_pinned_to_one_version(containers: dict[str, dict[str, Any]]) -> None:
    """The same compose file starts the same server next year."""
    _, tag = containers["redis"]["image"].split(":")
    assert EXACT_VERSION.match(tag)


# --- the containers -----------------------------------------------------------------------------------------


def test_there_are_the_services_and_their_server(containers: dict[str, dict[str, Any]]) -> None:
    """Each service is a container of its own, and nothing else is needed to run them."""
    assert set(containers) == {"redis", *SERVICES}


def test_every_container_comes_back_after_a_crash(containers: dict[str, dict[str, Any]]) -> None:
    """Whatever dies is started again, unless a person stopped it."""
    assert {container["restart"] for container in containers.values()} == {"unless-stopped"}


def test_every_container_is_probed(containers: dict[str, dict[str, Any]]) -> None:
    """A container that runs but no longer works is seen, within a minute."""
    for name, container in containers.items():
        probe = container["healthcheck"]
        seconds = int(probe["interval"].removesuffix("s")) + int(probe["timeout"].removesuffix("s"))
        assert seconds * probe["retries"] <= 60, name


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_runs_and_probes_itself_by_its_own_name(containers: dict[str, dict[str, Any]], service: str) -> None:
    """A container called `ingest` runs `tallywire ingest`, and is asked about ingest."""
    assert containers[service]["command"] == (["webhooks", "run"] if service == "webhooks" else [service])
    assert containers[service]["healthcheck"]["test"] == ["CMD", "tallywire", "health", service]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_waits_for_a_server_that_answers(containers: dict[str, dict[str, Any]], service: str) -> None:
    """A service starts only once the server it is told to use is healthy."""
    assert containers[service]["environment"]["TALLYWIRE_REDIS_URL"] == "redis://redis:6379"
    assert containers[service]["depends_on"] == {"redis": {"condition": "service_healthy"}}


@pytest.mark.parametrize("service", PIPELINE)
def test_a_services_metrics_stay_in_the_network(containers: dict[str, dict[str, Any]], service: str) -> None:
    """Metrics are served to other containers, on the port that is said to be exposed, and published nowhere."""
    assert containers[service]["environment"]["TALLYWIRE_METRICS"] == "0.0.0.0:9101"
    assert containers[service]["expose"] == ["9101"]
    assert "ports" not in containers[service]


def test_declarations_are_taken_on_this_machine_alone(containers: dict[str, dict[str, Any]]) -> None:
    """Whoever reaches the port can declare: it is published to the host's own loopback, where a proxy finds it."""
    posting = containers["posting"]
    assert posting["environment"]["TALLYWIRE_HTTP"] == "0.0.0.0:8480"
    assert posting["ports"] == ["127.0.0.1:${TALLYWIRE_HTTP_PORT:-8480}:8480"]


def test_readers_come_through_a_proxy(containers: dict[str, dict[str, Any]]) -> None:
    """What is shown is public, and is published to the host's own loopback, where a cache or a proxy finds it."""
    publishing = containers["publishing"]
    assert publishing["environment"]["TALLYWIRE_PUBLISHING_HTTP"] == "0.0.0.0:8481"
    assert publishing["ports"] == ["127.0.0.1:${TALLYWIRE_PUBLISHING_PORT:-8481}:8481"]


def test_webhooks_are_sent_where_somebody_asks_for_it(containers: dict[str, dict[str, Any]]) -> None:
    """The worker is started with its profile alone, and listens nowhere."""
    assert [name for name, container in containers.items() if "profiles" in container] == ["webhooks"]
    assert containers["webhooks"]["expose"] == []
    assert "ports" not in containers["webhooks"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_change_nothing_but_redis(containers: dict[str, dict[str, Any]], service: str) -> None:
    """A service has no disk to write to, no capability and no way to gain one."""
    container = containers[service]
    assert container["read_only"] is True
    assert container["tmpfs"] == ["/tmp"]  # noqa: S108 - the container's own, in memory
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert "volumes" not in container


# --- the image ----------------------------------------------------------------------------------------------


def test_the_image_starts_from_one_pinned_python(instructions: list[tuple[str, str]], project: dict[str, Any]) -> None:
    """Every stage stands on the same exact release, of a Python that the package supports.

    The environment that one stage makes is run by the other.
    """
    (base,) = {arguments.split()[0] for keyword, arguments in instructions if keyword == "FROM"}
    name, tag = base.split(":")
    version = EXACT_VERSION.match(tag)
    assert name == "python"
    assert version
    assert Requirement(f"python{project['project']['requires-python']}").specifier.contains(version[0])


def test_the_image_does_not_run_as_root(instructions: list[tuple[str, str]]) -> None:
    """The last user named is a number other than 0, which an orchestrator can check without the image."""
    user = [arguments for keyword, arguments in instructions if keyword == "USER"][-1]
    uid, gid = user.split(":")
    assert int(uid) > 0
    assert int(gid) > 0


def test_the_image_is_the_command(instructions: list[tuple[str, str]]) -> None:
    """`docker run tallywire ingest` means `tallywire ingest`, with signals going straight to it."""
    assert ("ENTRYPOINT", '["tallywire"]') in instructions


def test_the_image_installs_only_what_is_locked(instructions: list[tuple[str, str]]) -> None:
    """Every download while building is checked against a hash; our own wheel is installed offline."""
    steps = [step for keyword, step in instructions if keyword == "RUN" for step in step.split("&&")]
    installs = [step for step in steps if re.search(r"\bpip\b.* install ", step)]
    assert installs
    for step in installs:
        assert "--require-hashes" in step or "--no-index" in step, step


def test_the_image_carries_the_version_of_the_package(
    instructions: list[tuple[str, str]], project: dict[str, Any]
) -> None:
    """An image's label tells which release it holds."""
    labels = " ".join(arguments for keyword, arguments in instructions if keyword == "LABEL")
    assert f'org.opencontainers.image.version="{project["project"]["version"]}"' in labels


# --- the lock files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_exact_versions_and_no_address(lock: str) -> None:
    """A lock holds pins and hashes, and nothing that says where they were fetched from."""
    for line in read(lock).splitlines():
        assert re.match(r"#|    #|    --hash=sha256:|[a-z0-9-]+==\S", line), line
        assert "://" not in line
        assert not re.search(r"#.*(^|\s)(/|file:)", line), line


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_every_pin(lock: str) -> None:
    """A file that differs from the one we locked is not installed."""
    entries = re.split(r"^(?=[a-z0-9-]+==)", read(lock), flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_what_is_tested_is_what_is_deployed() -> None:
    """The image and the development environment have the same version of everything they share."""
    tested = pins("requirements-dev.txt")
    deployed = pins("requirements.txt")
    assert deployed == {name: tested[name] for name in deployed}


@pytest.mark.parametrize(
    ("group", "lock"),
    [
        ("dependencies", "requirements.txt"),
        ("build", "requirements.txt"),
        ("dev", "requirements-dev.txt"),
    ],
)
def test_what_the_project_declares_is_locked(project: dict[str, Any], group: str, lock: str) -> None:
    """Whoever adds or bumps a dependency and forgets `make lock` hears of it here."""
    groups = {"dependencies": project["project"]["dependencies"], **project["dependency-groups"]}
    locked = pins(lock)
    for line in groups[group]:
        if isinstance(line, str):
            requirement = Requirement(line)
            version = locked[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), line


def test_what_runs_needs_no_tool_of_ours() -> None:
    """`make demo` and the image install neither linters nor test tools."""
    assert pins("requirements.txt").keys() & {"hypothesis", "mypy", "pytest", "ruff"} == set()


# --- the wheel ----------------------------------------------------------------------------------------------


def test_a_wheel_holds_every_file_of_the_packages_and_every_pack(tmp_path: Path) -> None:
    """An installed Tallywire has its Lua functions, JSON Schemas and elections, not only its Python."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if ".dist-info/" not in name}

    def files(folder: str) -> set[str]:
        """The files below a folder, as paths from the root; without bytecode and hidden files."""
        paths = (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file())
        return {p.as_posix() for p in paths if not any(part.startswith((".", "__pyc")) for part in p.parts)}

    packs = {f"tallywire/{name}" for name in files("elections")}
    assert shipped == set().union(packs, *(files(package) for package in PACKAGES))
