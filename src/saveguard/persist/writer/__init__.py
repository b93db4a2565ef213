"""Write `.keras` archives."""
