"""The commands of ``jsms campaign``."""
