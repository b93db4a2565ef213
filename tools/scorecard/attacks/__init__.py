"""Inert files of the known attacks, by where they hide."""
