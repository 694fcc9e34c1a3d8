"""Recipes of generated clients, and how ``scripts/portability`` checks them."""
