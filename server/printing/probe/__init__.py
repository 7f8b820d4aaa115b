"""A technician's test of one printer: what it answers, what its paper shows, which key to change."""
