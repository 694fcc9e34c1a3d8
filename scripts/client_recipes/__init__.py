"""Clients that others generate from the contract: built by their recipes in examples/clients, and run."""
