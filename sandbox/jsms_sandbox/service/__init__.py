"""What JSMS does with a request: checks, operations, and the record of them."""
