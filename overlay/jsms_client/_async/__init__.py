"""The client and its resources, written once, as async; `_sync` is made from this folder."""
