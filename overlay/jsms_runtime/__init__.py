"""What the generated packages stand on: the root of every exception, and the types of the contract's data.

Import the module you need; this one imports nothing.
"""
