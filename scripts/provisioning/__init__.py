"""What the checks need and no Python package brings: Debian's packages, and npm's below the project."""
