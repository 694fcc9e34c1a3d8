"""The contract kit: what a team in another language needs, made for each release."""
