"""A real store that speaks S3: JuiceFS, on a folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.cluster.ports import free_ports
from tests.waiting import wait_until

PROGRAM: Final = Path(sys.executable).with_name("juicefs")
USER: Final = "synthetic"
PASSWORD: Final = "synthetic-secret"  # noqa: S105  # of a store that lives as long as the test


@contextmanager
def running_store(folder: Path, bucket: str) -> Iterator[dict[str, str]]:
    """Run a store with one bucket, and yield what a client of it has in its environment."""
    folder.mkdir()
    meta = f"sqlite3://{folder}/meta.db"
    made = [str(PROGRAM), "format", "--no-update", "--storage", "file", "--bucket", f"{folder}/data/", meta, bucket]
    subprocess.run(made, check=True, capture_output=True)
    port = free_ports(2)
    settings = {"MINIO_ROOT_USER": USER, "MINIO_ROOT_PASSWORD": PASSWORD, "HOME": str(folder)}
    options = ["--no-banner", "--no-usage-report", "--metrics", f"127.0.0.1:{port + 1}"]
    command = [str(PROGRAM), "gateway", *options, meta, f"127.0.0.1:{port}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=settings, stdout=log, stderr=log)
    try:
        wait_until(lambda: _answers(port), what="the store to answer")
        yield {
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": USER,
            "AWS_SECRET_ACCESS_KEY": PASSWORD,
            # Whoever runs the tests may have settings of their own.
            "AWS_CONFIG_FILE": str(folder / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def _answers(port: int) -> bool:
    try:
        urlopen(f"http://127.0.0.1:{port}/", timeout=30).close()
    except HTTPError:
        # It lets nobody in who has not signed.
        return True
    except OSError:
        return False
    return True


@contextmanager
def in_environment(settings: dict[str, str]) -> Iterator[None]:
    """Have settings in this process's environment."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
