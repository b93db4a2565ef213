"""A save that is only rehearsed: written aside, proven, explained, and thrown away."""
