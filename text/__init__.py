"""What every step needs to know of a text."""
