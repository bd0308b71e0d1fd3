"""The same pipeline as the tutorials of five other tools would have it, to be measured beside ours."""
