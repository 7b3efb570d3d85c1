"""Where a simulated federation's records come from: made-up hospitals, or real public data."""
