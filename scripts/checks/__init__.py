"""Everything that has to hold before a change is merged, each check by name, in one command."""
