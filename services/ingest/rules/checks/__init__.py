"""What can be wrong with an event whose shape is right: one file for each part of it."""
