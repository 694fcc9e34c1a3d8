"""What ``scripts/portability`` finds in a client, and what a recipe has to have."""
