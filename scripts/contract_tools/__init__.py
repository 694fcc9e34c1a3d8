"""From the contract to everything made of it: read, lint, compare, generate."""
