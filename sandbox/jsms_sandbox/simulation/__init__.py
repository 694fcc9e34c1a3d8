"""What happens without a request: the clock, delivery, reviews, callbacks; and fault injection."""
