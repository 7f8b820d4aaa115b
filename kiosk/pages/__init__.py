"""One module per kind of page: (state, now) -> a scene of boxes, texts, icons and targets. No pixel is drawn here."""
