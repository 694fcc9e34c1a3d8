"""The sandbox's test API: every path over real sockets, checked against its own OpenAPI document."""
