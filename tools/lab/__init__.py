"""Provoke the errors of Keras in real environments, old and new: see `make lab`."""
