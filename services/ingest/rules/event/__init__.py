"""One event as it was sent: from bytes to JSON, and what its schema objects to."""
