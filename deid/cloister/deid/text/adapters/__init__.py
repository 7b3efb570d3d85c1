"""Detectors that a site adds to ours: local models and Presidio. Each is imported only when it is asked for."""
