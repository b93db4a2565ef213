"""Defects planted in models, and found before training: the preflight held to its word."""
