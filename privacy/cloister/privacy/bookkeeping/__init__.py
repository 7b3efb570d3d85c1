"""Book-keeping: clipped sums of per-patient gradients from one backward pass (Bu et al. 2022, arXiv 2210.00038)."""
