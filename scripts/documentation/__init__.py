"""What the documentation says of the contract, made from the contract."""
