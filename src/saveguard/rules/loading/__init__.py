"""What a process that loads the file cannot rebuild."""
