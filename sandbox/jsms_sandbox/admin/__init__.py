"""The test API below ``/_sandbox/api/``, for tests and the inbox page: one module for each resource."""
