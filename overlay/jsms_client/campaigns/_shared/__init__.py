"""Campaigns that several processes and machines send together, from one SQL database."""
