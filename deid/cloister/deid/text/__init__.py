"""Finding identifiers in clinical text and replacing them."""
