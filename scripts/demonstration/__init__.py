"""The client at work: regenerated, and every operation called against a local server."""
