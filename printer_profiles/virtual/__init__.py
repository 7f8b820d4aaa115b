"""The virtual printer: ESC/POS bytes -> paper a person could hold, with every fault a real one has."""
