"""Save, verify, load and rescue: what is written, and the proof that it comes back."""
