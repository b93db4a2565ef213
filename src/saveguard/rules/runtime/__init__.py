"""Disk, permissions, processes and interpreters."""
