"""A slip as ESC/POS bytes, and what a printer's answers mean. Pure."""
