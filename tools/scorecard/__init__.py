"""Inert files of every known way to attack a reader of Keras models, and who notices them."""
