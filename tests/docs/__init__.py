"""The documentation's site, built once and read as people and browsers do."""
