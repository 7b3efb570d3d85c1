"""How much the de-identification finds and how much it flags for nothing, measured against annotated notes."""
