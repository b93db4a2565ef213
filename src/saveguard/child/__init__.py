"""The fresh process that reloads a file and says what came back.

This package is self-contained: Python 3.8 and newer, the standard library, and what any Keras
environment has (numpy, h5py, Keras). It imports nothing of Saveguard, so that it runs inside an
environment where Saveguard is not installed. The saving side uses the same functions on the
live model, so that both sides read a model in the same way.
"""
