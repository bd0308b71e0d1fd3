"""What travels on Tallywire's streams: one pydantic model per event type.

A schema grows by optional fields only. The JSON Schemas in ``schemas/json`` and the AsyncAPI document
``schemas/asyncapi.json`` are generated from these models by ``python -m schemas.generate``.
"""

from typing import Final

RELEASE: Final = "0.1.0"
"""Version of everything: program, services and schemas travel together (docs/versions.md)."""
