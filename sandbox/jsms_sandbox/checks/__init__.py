"""The checks that a request goes through, in the order of the design; each raises a Refusal."""
