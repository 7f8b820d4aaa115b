"""Which job goes to which printer, and what became of it."""
