"""The review queue: a person reads a sample of notes and confirms or corrects what the de-identification did."""
