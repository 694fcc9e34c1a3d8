"""The pictures of the inbox that the documentation shows, taken from the page itself."""
