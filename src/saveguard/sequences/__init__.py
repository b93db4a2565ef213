"""Sequences of unequal lengths as arrays: pad, mask, bucket; no number is changed."""
