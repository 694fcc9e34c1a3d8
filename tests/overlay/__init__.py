"""Tests of jsms_client; a package, so that its modules can share the table of calls."""
