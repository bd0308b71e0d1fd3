"""The files that Tallywire is deployed with, read as those read them who run them."""

import configparser
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from ruamel.yaml import YAML

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final = ROOT / "docker-compose.yml"
REPLICAS: Final = ROOT / "deploy" / "compose.replicas.yml"
SERVER_CONF: Final = ROOT / "deploy" / "server.conf"
UNITS: Final = ROOT / "deploy" / "systemd"
MANIFESTS: Final = tuple(sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml")))

Container = dict[str, Any]


def compose(*paths: Path) -> dict[str, Any]:
    """Return compose files as they are merged: by the names of containers, networks, secrets and so on."""
    merged: dict[str, Any] = {}
    for path in paths:
        for part, value in YAML(typ="safe").load(path.read_text("utf-8")).items():
            merged[part] = {**merged.get(part, {}), **value} if isinstance(value, dict) else value
    return merged


def services(containers: Mapping[str, Container]) -> dict[str, Container]:
    """Return the containers that run a service of ours."""
    return {name: each for name, each in containers.items() if "TALLYWIRE_METRICS" in each.get("environment", {})}


def server_settings() -> dict[str, str]:
    """Return what the server is told, by the name of the setting."""
    lines = [line for line in SERVER_CONF.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return {name: value.strip('"') for name, value in (line.split(maxsplit=1) for line in lines)}


def unit(name: str) -> dict[str, list[str]]:
    """Return the settings of a unit: each with all its values, as systemd reads them."""

    class Several(dict[str, Any]):
        """Keeps each value of a setting that comes several times."""

        def __setitem__(self, key: str, value: object) -> None:
            if isinstance(value, list) and key in self:
                self[key].extend(value)
            else:
                super().__setitem__(key, value)

    joined = re.sub(r"\\\n\s*", " ", (UNITS / name).read_text("utf-8"))
    read = configparser.RawConfigParser(strict=False, dict_type=Several, delimiters="=", comment_prefixes="#")
    read.optionxform = str  # type: ignore[assignment,method-assign]  # as configparser's own documents do it
    read.read_string(joined)
    return {key: value.split("\n") for section in read.sections() for key, value in read.items(section)}


def instances() -> list[str]:
    """Return the services that the target starts."""
    return re.findall(r"tallywire@(\w+)\.service", " ".join(unit("tallywire.target")["Wants"]))


def manifests() -> list[dict[str, Any]]:
    """Return the Kubernetes objects, in order."""
    read = [one for path in MANIFESTS for one in YAML(typ="safe").load_all(path.read_text("utf-8"))]
    return cast("list[dict[str, Any]]", read)


def pods() -> dict[str, dict[str, Any]]:
    """Return the pod of each object that makes any, by the object's name."""
    found = {}
    for each in manifests():
        spec = each.get("spec", {})
        maker = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in maker:
            found[each["metadata"]["name"]] = maker["template"]
    return found


def deployments() -> dict[str, Container]:
    """Return the container of each deployment by its name, with ``spec`` for the pod's."""
    return {
        each["metadata"]["name"]: {
            **each["spec"]["template"]["spec"]["containers"][0],
            "spec": each["spec"]["template"]["spec"],
        }
        for each in manifests()
        if each["kind"] == "Deployment"
    }
