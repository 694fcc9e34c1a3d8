"""The command ``jsms``: everything the client can do, from a terminal. Needs the extra ``cli``."""
