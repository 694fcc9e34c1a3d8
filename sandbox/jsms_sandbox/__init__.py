"""A stateful local JSMS: the service's rules, state and clock, for apps and tests to talk to instead of the service."""
