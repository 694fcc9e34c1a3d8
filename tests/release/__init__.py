"""scripts/release, and the files that GitHub reads."""
