"""The commands in scripts/ that set up, check and show the project."""
