"""The file itself: damaged, changed, or something else."""
