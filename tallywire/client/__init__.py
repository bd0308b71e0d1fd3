"""What talks to a server from outside: sending, awaiting receipts, following streams, reading what stands."""
