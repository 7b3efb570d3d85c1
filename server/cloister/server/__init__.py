"""The coordinator: the Flower ServerApp, evaluation and checkpoints."""
