"""The test API: what tests and the inbox page see and change, below ``/_sandbox/api/``. One file a resource."""
