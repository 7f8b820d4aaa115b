"""The hub's command line, a file for each noun; `server/__main__.py` names them, and imports the one that is called."""
