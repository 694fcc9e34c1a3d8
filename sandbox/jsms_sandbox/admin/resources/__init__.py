"""The resources of the test API, one module each."""
