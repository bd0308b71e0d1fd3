"""Webhooks: events sent to subscribers over HTTP, signed, until each has taken them."""
