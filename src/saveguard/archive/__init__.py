"""Bytes on disk, read without a framework: what a file is, and whether it is whole."""
