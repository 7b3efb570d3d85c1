"""The networks that tasks train: built from configuration, or loaded from local checkpoint folders."""
