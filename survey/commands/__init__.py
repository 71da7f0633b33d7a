"""The door for scripts: one file per command of `python -m survey`."""
