"""Checkpoints while a model trains: proven in the background, and the way back into training."""
