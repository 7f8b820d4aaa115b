"""A whole hall on one page, without hardware: ``./run demo``.

Starts the programs as they are and looks at them from outside.
"""
