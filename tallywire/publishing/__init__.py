"""The service for subscribers: how elections stand, what happened, and what proves it, over HTTP."""
