"""What was not read of an archive. Not read is never clean."""
