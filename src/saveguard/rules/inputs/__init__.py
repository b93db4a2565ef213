"""Data whose structure, rank or shape is not the model's."""
