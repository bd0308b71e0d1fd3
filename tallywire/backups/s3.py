"""A store that speaks S3, by boto3. Credentials, region and address are said as for every program that speaks S3.

``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, ``AWS_ENDPOINT_URL_S3``, or the files
``~/.aws/config`` and ``~/.aws/credentials`` with ``AWS_PROFILE``.
"""

import os
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from tallywire.client.errors import NoServerError, RefusedError, UsageError, file_error
from tallywire.client.one_line import one_line
from tallywire.client.signing import write_private

ATTEMPTS: Final = 3
"""How often a request is tried. Whoever runs every few minutes need not wait long."""

TIMEOUT_S: Final = 10
"""How long a connection, and each read of an answer, may take."""

_PLACE: Final = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*?))?/?")
_FULL: Final = frozenset({"QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "StorageFull", "EntityTooLarge"})
_NOT_LET_IN: Final = frozenset({"401", "403"})


def open_bucket(place: str) -> "Bucket":
    """Return the store at ``s3://BUCKET/PREFIX``.

    Raises:
        UsageError: it names none, or boto3 is not installed.
    """
    found = _PLACE.fullmatch(place)
    if found is None:
        raise UsageError(f"{place} names no store, which looks like s3://BUCKET/PREFIX.")
    try:
        session = import_module("boto3.session").Session()
        config = import_module("botocore.config").Config
    except ImportError as error:
        raise UsageError(f"{place} needs an extra: pip install 'tallywire[s3]'") from error
    settings = config(
        connect_timeout=TIMEOUT_S,
        read_timeout=TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        # Many stores do not know Amazon's own checksums; Content-MD5 is known to all.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    with _said(place):
        # Stores of one's own have no regions, and the library asks for one.
        client = session.client("s3", region_name=session.region_name or "us-east-1", config=settings)
    return Bucket(client, found[1], f"{found[2]}/" if found[2] else "", place)


class Bucket:
    """A bucket, or what begins with a prefix in it.

    Args:
        client: of boto3, which has no types.
        bucket: its name.
        prefix: what the names of ours begin with.
        place: how people name it.
    """

    def __init__(self, client: Any, bucket: str, prefix: str, place: str) -> None:  # noqa: ANN401  # as above
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._place = place

    def names(self) -> list[str]:
        """Return the names of the files there are."""
        with _said(self._place):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return [key.removeprefix(self._prefix) for key in keys]

    def put(self, name: str, file: Path) -> None:
        """Put a file there."""
        with file.open("rb") as content:
            digest = b64encode(file_digest(content, "md5").digest()).decode()
            content.seek(0)
            with _said(self._place):
                if self._is_there(name):
                    raise RefusedError(f"{self._place} has {name} already, and no backup is replaced.")
                # Where the store knows the condition, not even one that came a moment ago is replaced.
                self._client.put_object(
                    Bucket=self._bucket, Key=self._prefix + name, Body=content, ContentMD5=digest, IfNoneMatch="*"
                )

    def get(self, name: str, file: Path) -> None:
        """Copy a file from there."""
        with _said(self._place):
            content = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)["Body"].read()
        write_private(file, content)

    def remove(self, name: str) -> None:
        """Remove a file."""
        with _said(self._place):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + name)

    def _is_there(self, name: str) -> bool:
        found = self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix + name, MaxKeys=1)
        return any(each["Key"] == self._prefix + name for each in found.get("Contents", ()))


@contextmanager
def _said(place: str) -> Iterator[None]:
    """Turn what the store, or its library, says into a sentence.

    Raises:
        RefusedError: the store is full, or refuses what it is given.
        UsageError: there is no such bucket, or the settings are at fault.
        NoServerError: the store is away, or lets us not in.
    """
    errors: Any = import_module("botocore.exceptions")

    try:
        yield
    except errors.ClientError as error:
        code, status = error.response["Error"].get("Code", ""), error.response["ResponseMetadata"]["HTTPStatusCode"]
        raise _refused(place, code, status, error.response["Error"].get("Message", "")) from error
    except (errors.NoCredentialsError, errors.PartialCredentialsError) as error:
        raise UsageError(
            f"{place} needs credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a file that "
            "AWS_SHARED_CREDENTIALS_FILE names."
        ) from error
    except (errors.ConnectionError, errors.HTTPClientError) as error:
        where = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "AWS_ENDPOINT_URL_S3"
        raise NoServerError(f"{place} cannot be reached. Its address is {where}.") from error
    except errors.BotoCoreError as error:
        raise UsageError(f"{place} cannot be used: {error}") from error
    except OSError as error:
        raise file_error(Path(place), "be used", error) from error


def _refused(place: str, code: str, status: int, message: str) -> Exception:
    said = one_line(f"{code}: {message}".strip(": "))
    if code == "NoSuchBucket":
        return UsageError(f"{place}: there is no such bucket. Make it, or name another.")
    if code in _FULL or status == 507:  # noqa: PLR2004  # HTTP's own number of that
        return RefusedError(f"{place} is full, or takes nothing so large ({said}). Nothing was removed.")
    if str(status) in _NOT_LET_IN:
        return NoServerError(f"{place} does not let us in ({said}). Look at the credentials, and this machine's clock.")
    if status >= 500:  # noqa: PLR2004  # HTTP's own: the store is at fault
        return NoServerError(f"{place} does not work at the moment ({said}).")
    return RefusedError(f"{place} has refused it ({said}).")
