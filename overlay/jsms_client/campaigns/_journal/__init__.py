"""The journal: one SQLite file with the state of every recipient."""
