"""The demo: an election night played on a server of its own."""
