"""What things cost: ours beside everything that does the same, in one run.

Run it with ``scripts/benchmark``, which writes docs/benchmarks.md.
"""
