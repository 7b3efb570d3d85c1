"""What is learned: one file per task, and the loading of models and adapters."""
