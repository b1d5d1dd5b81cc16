"""Questions to the archive and pure answers: what marketing did and what it was worth."""
