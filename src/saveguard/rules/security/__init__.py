"""What a file would run, read or write when it is loaded."""
