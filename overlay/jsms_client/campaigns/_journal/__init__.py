"""The journal: one SQLite file that knows what became of every recipient."""
