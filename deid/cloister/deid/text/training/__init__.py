"""Where the taggers come from: a generator of labelled clinical text, and the training of the shipped models on it."""
