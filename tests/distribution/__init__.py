"""What is handed out: the wheel and the source distribution, built and installed for real.

Not named packaging, because the library of that name has to stay importable beside it.
"""
