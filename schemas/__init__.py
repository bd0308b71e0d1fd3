"""What travels on Tallywire's streams: one pydantic model per event type.

A schema grows by optional fields only. The JSON Schemas in ``schemas/json`` and the AsyncAPI document
``schemas/asyncapi.json`` are generated from these models by ``python -m schemas.generate``.
"""
