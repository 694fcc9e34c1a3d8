"""The sandbox's test API: every path over real sockets, held against its own OpenAPI document."""
