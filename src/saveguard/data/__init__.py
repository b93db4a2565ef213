"""Data sets of any size: sources give batches, batches give summaries, and summaries add up."""
