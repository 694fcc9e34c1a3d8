"""What keeps programs fast, tested without measuring time."""
