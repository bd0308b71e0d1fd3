"""Webhooks on the server of a test."""

import pytest

from tests.pipeline.hooks import Hooks
from tests.pipeline.pipeline import Pipeline


@pytest.fixture
def hooks(pipeline: Pipeline) -> Hooks:
    """Return the webhooks of the pipeline's server."""
    return Hooks(pipeline)
