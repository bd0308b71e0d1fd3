"""The promises of the files that Tallywire is deployed with.

They are read, not run (test_containers.py does that): these tests need no container engine.
"""

import re
import shlex
import subprocess
import sys
import tomllib
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.testing import CliRunner

from tallywire.cli import app
from tallywire.cli.exit_codes import Exit
from tallywire.embedded.program import server_command
from tests.deploy.debian import debian_program
from tests.deploy.files import (
    COMPOSE,
    MANIFESTS,
    REPLICAS,
    UNITS,
    Container,
    compose,
    deployments,
    instances,
    manifests,
    pods,
    server_settings,
    unit,
)
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("ingest", "aggregate", "notify", "posting", "publishing", "desk", "webhooks")
LOCKS = ("requirements.txt", "requirements-image.txt", "requirements-dev.txt")

NIGHT = night(5, contests=2, declarations=2)

PACKAGES = ("schemas", "services", "streams", "tallywire")

EXACT_VERSION = re.compile(r"\d+\.\d+\.\d+")


def read(name: str) -> str:
    """The text of a file at the root of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def containers() -> dict[str, Container]:
    """The containers of both compose files by name."""
    return cast("dict[str, Container]", compose(COMPOSE, REPLICAS)["services"])


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


def test_the_server_is_told_the_same_as_the_embedded_one() -> None:
    """An acknowledged declaration is on disk, and nobody's value or unread answers fill the server."""
    embedded = server_command(Path("valkey-server"), Path("data"), port=6379)
    pairs = dict(pairwise(embedded))
    settings = server_settings()
    shared = {name: pairs[f"--{name}"] for name in settings if f"--{name}" in pairs}
    assert len(shared) == 7
    assert {name: settings[name] for name in shared} == shared


def test_a_full_server_drops_nothing_and_fits_where_it_runs(containers: dict[str, Container]) -> None:
    """It refuses what has no room, and has twice that room while it writes its log anew, wherever it runs."""
    settings = server_settings()
    assert settings["maxmemory-policy"] == "noeviction"
    twice = 2 * gigabytes(settings["maxmemory"])
    limits = [containers["server"]["mem_limit"], containers["standby"]["mem_limit"]]
    limits += unit("tallywire-server.service")["MemoryMax"]
    for name in ("server", "standby"):
        (inside,) = pods()[name]["spec"]["containers"]
        limits.append(inside["resources"]["limits"]["memory"])
    assert {gigabytes(limit) for limit in limits} == {twice}


def gigabytes(text: str) -> int:
    """Read a size as each of the files writes it."""
    return int(re.fullmatch(r"(\d+)(?:g|gb|G|Gi)", text)[1])  # type: ignore[index]  # it fails there


def test_the_log_outlives_its_container() -> None:
    """A server's data folder is a named volume, so that a new container goes on with the old data."""
    files = compose(COMPOSE, REPLICAS)
    for name in ("server", "standby"):
        (volume,) = files["services"][name]["volumes"]
        source, target = volume.split(":")
        assert source in files["volumes"]
        assert target == "/data"
        command = files["services"][name]["command"]
        assert command[command.index("--dir") + 1] == target


def test_nothing_is_published_beyond_this_machine(containers: dict[str, Container]) -> None:
    """What speaks plain HTTP is for a proxy on this machine; the server is published nowhere."""
    ports = {name: container["ports"] for name, container in containers.items() if "ports" in container}
    assert {name for name in ports if ports[name][0].startswith("127.0.0.1:")} == {*ports}
    assert {*ports} == {"posting", "publishing", "desk", "feed-1", "feed-2"}
    proxied = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for (port,) in ports.values():
        assert re.search(rf"server {re.escape(port.rpartition(':')[0])}[ ;]", proxied), port


def test_a_server_that_still_loads_is_not_healthy(containers: dict[str, Container]) -> None:
    """The probe counts an error reply as a failure, where `valkey-cli ping` alone would exit with 0."""
    for name in ("server", "standby"):
        assert "valkey-cli -e --user standby ping" in containers[name]["healthcheck"]["test"][1]


# --- the containers -----------------------------------------------------------------------------------------


def test_there_are_the_services_and_their_server(containers: dict[str, Container]) -> None:
    """Each service is a container of its own; HTTPS and single commands are there for whoever asks."""
    by_themselves = {name for name, container in containers.items() if "profiles" not in container}
    assert by_themselves == {"server", "standby", "feed-1", "feed-2", *SERVICES}
    assert {*containers} - by_themselves == {"proxy", "operator", "backup"}


def test_images_are_of_one_version_and_may_be_held_to_the_bytes(
    containers: dict[str, Container], project: dict[str, Any]
) -> None:
    """The same file starts the same next year; a digest can be given without changing it."""
    images = {container["image"] for container in containers.values()}
    ours = {image for image in images if "tallywire" in image}
    assert ours == {f"${{TALLYWIRE_IMAGE:-tallywire:{project['project']['version']}}}"}
    for image in images - ours:
        assert re.fullmatch(r"[a-z/]+:\d+\.\d+\.\d+-\w+\$\{[A-Z]+_DIGEST:-\}", image), image
    found = {pod["spec"]["containers"][0]["image"] for pod in pods().values()}
    assert found == {f"tallywire:{project['project']['version']}", containers["server"]["image"].partition("$")[0]}


def test_a_crash_is_started_again_and_a_final_stop_is_not(containers: dict[str, Container]) -> None:
    """Docker cannot tell exit codes: a service says 0 for what is final, and anything else is started again."""
    for name, container in containers.items():
        if name in SERVICES:
            assert container["restart"] == "on-failure"
            assert container["environment"]["TALLYWIRE_FINAL_STOP_EXIT"] == 0
        elif name != "operator":
            assert container["restart"] in {"unless-stopped", "on-failure"}, name
    settings = unit("tallywire@.service")
    assert settings["Restart"] == ["on-failure"]
    assert settings["RestartPreventExitStatus"] == [f"{Exit.USAGE} {Exit.STAGE_FAILED}"]
    # Neither gives up on what it does start again.
    assert settings["StartLimitIntervalSec"] == unit("tallywire-server.service")["StartLimitIntervalSec"] == ["0"]


def test_every_container_is_probed(containers: dict[str, Container]) -> None:
    """A container that runs but no longer works is seen, within a minute."""
    for name, container in containers.items():
        # The doctor says how old the newest backup is.
        if name not in {"operator", "backup"}:
            probe = container["healthcheck"]
            seconds = int(probe["interval"].removesuffix("s")) + int(probe["timeout"].removesuffix("s"))
            assert seconds * probe["retries"] <= 60, name


def test_every_container_has_limits(containers: dict[str, Container]) -> None:
    """None takes the host's memory, processes or disk from the others."""
    for name, container in containers.items():
        assert re.fullmatch(r"\d+[gm]", container["mem_limit"]), name
        assert container["pids_limit"] <= 200, name
        assert container["logging"]["driver"] == "json-file"
        assert container["logging"]["options"] == {"max-size": "20m", "max-file": "5"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_own_secret_and_no_other(containers: dict[str, Container], service: str) -> None:
    """Neither its environment nor its command line holds a password, and it sees one file."""
    container = containers[service]
    assert container["secrets"] == [f"{service}.url"]
    assert container["environment"]["TALLYWIRE_REDIS_URL_FILE"] == f"/run/secrets/{service}.url"
    assert container["depends_on"] == {"server": {"condition": "service_healthy"}}
    pod = deployments()[service]
    assert pod["spec"]["volumes"][0]["secret"]["secretName"] == service
    assert pod["volumeMounts"][0]["readOnly"] is True


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_change_nothing_but_the_server(containers: dict[str, Container], service: str) -> None:
    """A service has no disk to write to, no capability and no way to gain one; metrics stay in the network."""
    container, pod = containers[service], deployments()[service]
    assert container["read_only"] is True
    assert container["tmpfs"] == ["/tmp"]  # noqa: S108 - the container's own, in memory
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert "volumes" not in container
    assert container["environment"]["TALLYWIRE_METRICS"] == "0.0.0.0:9101"
    assert container["expose"] == ["9101"]
    assert pod["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["spec"]["securityContext"]["runAsUser"] == 10001
    assert pod["spec"]["automountServiceAccountToken"] is False


# --- Kubernetes ---------------------------------------------------------------------------------------------


def test_pods_have_probes_and_room_and_are_not_all_drained_at_once(containers: dict[str, Container]) -> None:
    """Each is asked whether it is live and ready, has the memory it has in compose, and one is left when one goes."""
    budgets = {each["metadata"]["name"]: each["spec"] for each in manifests() if each["kind"] == "PodDisruptionBudget"}
    assert budgets.pop("server")["maxUnavailable"] == 0
    for name, pod in deployments().items():
        assert pod["livenessProbe"]["httpGet"] == {"path": "/health/live", "port": "metrics"}
        # Publishing shows what there was while the server is away: it has to be ready once, before its first reader.
        ready = pod["startupProbe" if name == "publishing" else "readinessProbe"]
        assert ready["httpGet"] == {"path": "/health/ready", "port": "metrics"}
        assert {"name": "metrics", "containerPort": 9101} in pod["ports"]
        assert pod["resources"]["limits"]["memory"] == containers[name]["mem_limit"].replace("m", "Mi")
    for name, budget in budgets.items():
        assert budget == {"maxUnavailable": 1, "selector": {"matchLabels": {"app": name}}}
    assert {*budgets} == {*SERVICES} - {"desk"}


def test_what_pods_mount_is_made_by_the_commands_of_the_document() -> None:
    """Whoever copies them has every secret and configuration that a pod, or the ingress, asks for."""
    text = read("docs/operating.md")
    (names,) = re.findall(r"for name in (.+); do\n +kubectl create secret generic", text)
    made = {*names.split(), *re.findall(r"^kubectl create secret (?:generic|tls) ([\w-]+)", text, re.MULTILINE)}
    manifests = "\n".join(path.read_text("utf-8") for path in MANIFESTS)
    asked = set(re.findall(r"(?:secretName: |secretRef: \{name: )([\w-]+)", manifests))
    assert made == asked
    assert set(re.findall(r"configMap: \{name: (\w+)\}", manifests)) == set(re.findall(r"create configmap (\w+)", text))
    assert {
        path for path in re.findall(r"(?<!tests/)\bdeploy/[\w./@-]+\.\w+", text) if not (ROOT / path).exists()
    } == set()


def test_pods_and_policies_mean_each_other() -> None:
    """What selects by labels selects something, and whoever is not named is kept out."""
    objects = manifests()
    labelled = [pod["metadata"]["labels"] for pod in pods().values()]
    policies = {each["metadata"]["name"]: each["spec"] for each in objects if each["kind"] == "NetworkPolicy"}
    assert policies["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    (rule,) = policies["services-reach-the-server"]["ingress"]
    reached = rule["from"][0]["podSelector"]["matchLabels"]
    assert {labels["app"] for labels in labelled if reached.items() <= labels.items()} == {*SERVICES}
    for each in objects:
        if each["kind"] == "Service":
            assert each["spec"]["selector"] in [{"app": labels["app"]} for labels in labelled]


def test_a_stand_by_is_the_server_again_and_elsewhere(containers: dict[str, Container]) -> None:
    """It differs from the server in whom it follows, as in compose, and is never on the same machine."""
    pod, server = pods()["standby"]["spec"], pods()["server"]["spec"]
    (inside,), (primary,) = pod["containers"], server["containers"]
    at = containers["standby"]["command"].index("--replicaof")
    assert inside["args"] == primary["args"] + containers["standby"]["command"][at:]
    assert {key: value for key, value in inside.items() if key != "args"} == {
        key: value for key, value in primary.items() if key != "args"
    }
    (apart,) = pod["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert apart["labelSelector"] == {"matchLabels": {"app": "server"}}


def test_backups_are_made_alike_by_systemd_and_kubernetes(tmp_path: Path, pipeline: Pipeline) -> None:
    """The same command, every five minutes, ended before the next begins; the command does what it is to."""
    (job,) = (each["spec"] for each in manifests() if each["kind"] == "CronJob")
    (container,) = pods()["backup"]["spec"]["containers"]
    (line,) = unit("tallywire-backup.service")["ExecStart"]
    secrets = line.replace("${CREDENTIALS_DIRECTORY}", "/run/tallywire").replace("${BACKUPS}", "$(BACKUPS)")
    assert secrets.split()[1:] == container["args"]
    assert (job["schedule"], unit("tallywire-backup.timer")["OnCalendar"]) == ("*/5 * * * *", ["*:0/5"])
    assert [str(job["jobTemplate"]["spec"]["activeDeadlineSeconds"])] == unit("tallywire-backup.service")[
        "TimeoutStartSec"
    ]
    assert container["securityContext"] == deployments()["ingest"]["securityContext"]
    # Node_exporter finds when the last good round was, and 0 before it, also after more rounds that were not good.
    for when, expected in (("Pre", "0"), ("Post", "[0-9]{10}"), ("Pre", "[0-9]{10}")):
        (noted,) = unit("tallywire-backup.service")[f"ExecStart{when}"]
        script = shlex.split(noted.replace("/var/lib/prometheus/node-exporter", str(tmp_path)))[-1]
        subprocess.run(["/bin/sh", "-c", script.replace("$$", "$").replace("%%", "%")], check=True)
        (written,) = tmp_path.glob("*.prom")
        assert re.fullmatch(rf"tallywire_backup_good_timestamp_seconds {expected}\n", written.read_text("ascii"))
    runner, url = CliRunner(), tmp_path / "redis.url"
    assert runner.invoke(app, ["keys", "note", str(tmp_path / "night.key"), "--name", "x"]).exit_code == Exit.DONE
    url.write_text(pipeline.server.url, "utf-8")
    pipeline.start("ingest")
    pipeline.open(NIGHT).settle(upto="ingest")
    words = [word.replace("/run/tallywire", str(tmp_path)) for word in container["args"]]
    words[words.index("$(BACKUPS)")] = str(tmp_path)
    told = {each["name"]: each["value"].replace("/run/tallywire", str(tmp_path)) for each in container["env"]}
    done = runner.invoke(app, words, env=told)
    assert done.exit_code == Exit.DONE, done.output
    assert list((tmp_path / NIGHT.election).glob("*.head"))


# --- systemd ------------------------------------------------------------------------------------------------


def test_units_are_valid_and_confined(tmp_path: Path) -> None:
    """Units are read by systemd itself without a word, and finds each of them little exposed."""
    program = debian_program("systemd-analyze", "systemd")
    for path in UNITS.iterdir():
        # What they start is not installed here.
        text = re.sub(
            "/opt/tallywire/bin/tallywire|/usr/bin/redis-server|/usr/bin/docker", sys.executable, path.read_text()
        )
        (tmp_path / path.name).write_text(text, "utf-8")
    confined = (
        "./tallywire-server.service",
        "./tallywire-backup.service",
        *(f"./tallywire@{name}.service" for name in SERVICES),
    )
    started = ("./tallywire.target", "./tallywire-compose.service", "./tallywire-backup.timer", *confined)
    for words in (("verify", *started), ("security", "--offline=yes", "--threshold=20", *confined)):
        ended = subprocess.run([program, *words], cwd=tmp_path, check=False, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert words[0] == "security" or not ended.stderr


def test_the_target_starts_every_service() -> None:
    """One command starts all of it."""
    assert {*instances()} == {*SERVICES}
    assert "tallywire-server.service" in unit("tallywire.target")["Wants"]


# --- the image ----------------------------------------------------------------------------------------------


def test_the_image_starts_from_one_pinned_python(instructions: list[tuple[str, str]], project: dict[str, Any]) -> None:
    """Every stage stands on the same exact release, of a Python that the package supports.

    The environment that one stage makes is run by the other.
    """
    (base,) = {arguments.split()[0] for keyword, arguments in instructions if keyword == "FROM"}
    base = base.removesuffix("${PYTHON_DIGEST}")
    assert ("ARG", 'PYTHON_DIGEST=""') in instructions
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
    # Backups to a store and traces are switched on by settings, which a container can be given.
    assert installs[0].split()[-1] == "requirements-image.txt"


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
    for lock in ("requirements.txt", "requirements-image.txt"):
        deployed = pins(lock)
        assert deployed == {name: tested[name] for name in deployed}
    assert pins("requirements.txt").items() <= pins("requirements-image.txt").items()


@pytest.mark.parametrize(
    ("group", "lock"),
    [
        ("dependencies", "requirements.txt"),
        ("build", "requirements.txt"),
        ("dev", "requirements-dev.txt"),
        ("dependencies", "requirements-image.txt"),
        ("build", "requirements-image.txt"),
        ("s3", "requirements-image.txt"),
        ("traces", "requirements-image.txt"),
    ],
)
def test_what_the_project_declares_is_locked(project: dict[str, Any], group: str, lock: str) -> None:
    """Whoever adds or bumps a dependency and forgets `make lock` hears of it here."""
    groups = {"dependencies": project["project"]["dependencies"], **project["dependency-groups"]}
    groups |= project["project"]["optional-dependencies"]
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
