"""Data sets with defects at known rows, in every form that an audit reads."""
