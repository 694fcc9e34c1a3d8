"""The examples, started as their own header says."""
