"""One module per audience: what it is shown, and what it may ask for. They decide nothing; the hub does."""
