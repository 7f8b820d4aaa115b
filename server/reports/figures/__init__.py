"""The figures of a period: from legs and openings to counts, spans and cuts. Numbers only."""
