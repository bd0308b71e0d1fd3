"""The desk in a browser: what needs a person, the case in hand, and whether the machine is well."""
