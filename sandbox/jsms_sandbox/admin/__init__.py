"""The test API below ``/_sandbox/api/``, for tests and the inbox page, and the page itself."""
