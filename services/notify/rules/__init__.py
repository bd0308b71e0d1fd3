"""What notify knows. Pure: results in, headlines out. All wording is in ``wording``."""
