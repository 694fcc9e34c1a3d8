"""What keeps programs quick, as far as it can be told without a clock."""
