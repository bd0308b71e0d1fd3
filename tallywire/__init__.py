"""What a person runs: the command line, the demo, the embedded server, and the client that they are built on."""
