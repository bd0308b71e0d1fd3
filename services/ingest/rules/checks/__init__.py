"""What can be wrong with an event whose shape is right: one file for each part of it.

The docstring of each ``check_...`` says what has to hold; it yields a fault for everything that does not.
"""
