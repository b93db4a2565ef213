"""Scalars, empty sequences, lengths, padding and masks."""
