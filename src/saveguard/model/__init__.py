"""A live model, read: its facts, its contract, and an example held against it."""
