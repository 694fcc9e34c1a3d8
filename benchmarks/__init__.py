"""Benchmarks of this client and of others, measured in one run.

Run it with ``scripts/benchmark``, which writes docs/benchmarks.md.
"""
