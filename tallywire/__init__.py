"""The command line and the embedded server: what a person runs."""

__version__ = "0.1.0"
