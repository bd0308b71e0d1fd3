"""What notify knows. Pure: results and control in, headlines out. Words are in ``wording``, kinds in ``kinds``."""
