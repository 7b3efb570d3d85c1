"""De-identification of notes and images: useful alone, without torch."""
