"""A report as text, as JSON, and a rule as a page; this room knows only the vocabulary."""
