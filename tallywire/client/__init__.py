"""The client: a library for whoever talks to the servers from outside.

The law: it returns values, or raises an error named by who is at fault. It prints nothing and ends nothing.

``connection`` opens it and knows the catalogue, ``post`` posts messages and awaits their receipts, ``follow`` follows
streams as they grow, ``snapshot`` reads an election as it stands at one moment, ``progress`` tells how far the services
are. ``messages`` makes the events that a client sends itself, ``submissions`` takes a file of messages apart.
"""
