"""From lists as people keep them to recipients that can be sent to."""
