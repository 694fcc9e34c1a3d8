"""What the sandbox knows: plain data, and where it is kept."""
