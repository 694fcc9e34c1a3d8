"""What happens by itself: the clock, delivery, reviews, callbacks, and faults on purpose."""
