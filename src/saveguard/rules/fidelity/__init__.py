"""State or configuration that is lost without an error."""
