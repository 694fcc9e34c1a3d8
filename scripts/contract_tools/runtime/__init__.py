"""The contract as data: ``errors``, ``operations``, ``limits``, and the document itself.

Import the module you need; this one imports nothing, so that none costs more than itself.
"""
