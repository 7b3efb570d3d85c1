"""A tagger for one hospital's notes, trained on notes that its own people have annotated, with their labels.

The shipped taggers know no hospital in particular. Where a few hundred annotated notes of the same kind are at hand, a
model of them finds more: it learns the hospital's forms, and where its annotators draw the borders of an identifier.

    python -m cloister.deid.text.own_notes train ANNOTATED --output own.npz
    python -m cloister.deid.text.own_notes evaluate own.npz ANNOTATED_TOO

A linear-chain CRF over hand features and a small convolutional network read each note; their scores are added, and the
likeliest labelling of every line, or the probability of every token to be no identifier, comes out of both together.
Training needs python-crfsuite and torch, reading a note numpy alone.
"""
