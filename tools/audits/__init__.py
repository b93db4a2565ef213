"""Real data sets that packages ship, audited against models that were trained on them."""
