"""Who to treat: what choosing people by a score is worth, on a half that did not choose it."""
