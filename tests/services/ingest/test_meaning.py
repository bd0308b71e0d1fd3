"""What an event says, however it is written."""

import json

from schemas.events import SENT, data_model
from services.ingest.rules.meaning import MOMENTS


def test_every_moment_in_a_message_is_known_to_be_one() -> None:
    """Promise: a new field that holds a moment is compared as one."""
    found = set()
    for event in SENT.values():
        schema = data_model(event).model_json_schema()
        for part in (schema, *schema.get("$defs", {}).values()):
            for name, field in part.get("properties", {}).items():
                if '"date-time"' in json.dumps(field):
                    found.add(name)
    assert found == MOMENTS
