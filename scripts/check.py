"""Run every check that is not a test.

One failure hides no other: all of them run, each under its name, and the last lines say which failed.
"""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The folder of the interpreter is where its environment keeps the tools that have no `python -m`.
TOOLS = Path(sys.executable).parent

CHECKS: dict[str, list[str]] = {
    # The longest goes first.
    "types": [sys.executable, "-m", "mypy", "--num-workers", "auto"],
    # Reads every page, and fails at a link that leads nowhere.
    "documentation site": [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-c",
        "docs",
        "-b",
        "dummy",
        "-d",
        "build/docs-read",
        ".",
        "build/docs-checked",
    ],
    "format": [sys.executable, "-m", "ruff", "format", "--check", "."],
    "lint": [sys.executable, "-m", "ruff", "check", "."],
    "imports": [str(TOOLS / "lint-imports"), "--no-logo"],
    "generated files": [sys.executable, "-m", "schemas.generate", "--check"],
    "compose files": [
        *(sys.executable, "-m", "check_jsonschema"),
        *("--builtin-schema", "vendor.compose-spec", "docker-compose.yml", "deploy/compose.replicas.yml"),
    ],
    "Kubernetes manifests": [
        *(str(TOOLS / "kubernetes-validate"), "--strict", "--quiet"),
        *(f"deploy/kubernetes/{name}.yaml" for name in ("tallywire", "standby", "backups")),
    ],
    "Dockerfile": [str(TOOLS / "hadolint"), "Dockerfile"],
}
# Debian's package `prometheus` has it; .ci/run installs it, and there it must not be missing.
if shutil.which("promtool") or os.environ.get("CI"):
    CHECKS |= {
        "Prometheus": ["promtool", "check", "config", "deploy/prometheus/prometheus.yml"],
        "alerts": ["promtool", "test", "rules", "deploy/prometheus/rules.test.yml"],
    }


def check(name: str) -> tuple[subprocess.CompletedProcess[str], float]:
    """Run one check; return what became of it, and the seconds that it took."""
    started_s = time.monotonic()
    try:
        # Without input, so that no tool can wait for an answer.
        finished = subprocess.run(
            CHECKS[name],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except FileNotFoundError as missing:
        finished = subprocess.CompletedProcess(CHECKS[name], 1, f"{missing}\n")
    return finished, time.monotonic() - started_s


def main() -> int:
    """Run the checks, as many at a time as there are cores; 0 when all pass, 1 otherwise."""
    failed = []
    with ThreadPoolExecutor(os.cpu_count()) as cores:
        for name, (finished, took_s) in zip(CHECKS, cores.map(check, CHECKS), strict=True):
            print(f"--- {name}\n{finished.stdout}", end="")
            if finished.returncode:
                failed.append(name)
            print(f"    {'FAILED' if finished.returncode else 'passed'} in {took_s:.1f} s", flush=True)
    print(f"\n{len(CHECKS) - len(failed)} of {len(CHECKS)} checks passed.", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
