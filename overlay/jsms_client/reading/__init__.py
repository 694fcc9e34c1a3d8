"""From the generated models, which hold what the service sent, to results; a module for each resource."""
