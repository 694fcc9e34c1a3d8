"""The documentation as a static site: two languages, no outside request, readable from a disk."""
