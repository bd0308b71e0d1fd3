"""The alerts and the dashboard as their programs read them, and a Prometheus that runs as a plain process."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from ruamel.yaml import YAML

from tests.cluster.ports import free_ports
from tests.deploy.debian import debian_program
from tests.pipeline.services import ROOT
from tests.waiting import wait_until

FOLDER: Final = ROOT / "deploy" / "prometheus"
RULES: Final = FOLDER / "rules.yml"
RULES_TEST: Final = FOLDER / "rules.test.yml"
ALERTMANAGER: Final = FOLDER / "alertmanager.yml"
SCRAPE: Final = FOLDER / "prometheus.yml"
DASHBOARD: Final = ROOT / "deploy" / "grafana" / "tallywire.json"


def read(path: Path) -> Any:  # noqa: ANN401  # any YAML
    """Return what a file of Prometheus says."""
    return YAML(typ="safe").load(path.read_text("utf-8"))


def alerts() -> dict[str, Any]:
    """Return every alert, by its name."""
    return {rule["alert"]: rule for group in read(RULES)["groups"] for rule in group["rules"]}


def panels() -> dict[str, list[str]]:
    """Return the queries of each panel of the dashboard, with every election chosen, by the panel's title."""
    found = {}
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        if panel["type"] != "row":
            found[panel["title"]] = [target["expr"].replace("$election", ".*") for target in panel["targets"]]
    return found


def selectors(query: str) -> list[tuple[str, set[str]]]:
    """Return each metric that a query names, with the labels that it asks of it."""
    named = re.findall(r"\b(tallywire_\w+|process_\w+|node_\w+|probe_\w+|scrape_\w+|up)\b(?:\{([^}]*)\})?", query)
    return [(name, set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", inside))) for name, inside in named]


def grouped(query: str) -> set[str]:
    """Return the labels that a query groups or matches by."""
    return {
        label.strip()
        for inside in re.findall(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)", query)
        for label in inside.split(",")
        if label.strip()
    }


class Prometheus:
    """A Prometheus that has started.

    Args:
        port: where it answers.
    """

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def ask(self, path: str) -> Any:  # noqa: ANN401  # any JSON
        """Return an answer of its API; None while it does not answer."""
        try:
            with urlopen(f"{self.url}/api/v1/{path}", timeout=30) as answer:  # noqa: S310  # it is http, of this machine
                return json.load(answer)["data"]
        except (URLError, ConnectionError):
            return None

    def query(self, query: str) -> list[Any]:
        """Return the series of a query."""
        found: list[Any] = self.ask(f"query?query={quote(query)}")["result"]
        return found


@contextmanager
def scraping(targets: Mapping[str, str], folder: Path) -> Iterator[Prometheus]:
    """Run Debian's Prometheus with our rules, five scrapes a second, until the block ends.

    Args:
        targets: host and port of each process, by the name of its service.
        folder: where it keeps what it has read.
    """
    program = debian_program("prometheus", "prometheus")
    config = read(SCRAPE)
    config["global"] = {"scrape_interval": "200ms", "scrape_timeout": "200ms", "evaluation_interval": "1s"}
    config["rule_files"] = [str(RULES)]
    config["scrape_configs"] = config["scrape_configs"][:1]
    config["scrape_configs"][0]["static_configs"] = [
        {"targets": [target], "labels": {"service": service}} for service, target in targets.items()
    ]
    # JSON is YAML.
    (folder / "prometheus.yml").write_text(json.dumps(config), "utf-8")
    port = free_ports(1)
    process = subprocess.Popen(
        [
            *(program, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}"),
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    started = Prometheus(port)
    try:
        wait_until(lambda: started.ask("status/buildinfo"), what="Prometheus to answer")
        yield started
    finally:
        process.kill()
        process.wait()
