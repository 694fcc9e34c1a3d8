"""What scripts/release does, and the files that GitHub reads."""
