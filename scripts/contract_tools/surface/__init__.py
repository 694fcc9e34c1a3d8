"""The typed surface: the methods, arguments and results that an app sees, from the contract."""
