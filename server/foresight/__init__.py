"""How long, really: the line played forward, corrected by what came true, with a range that is held to be so. Pure.

`watch.py` folds what happened, `ahead.py` plays the line forward, `correct.py` learns by night what that misses,
`conform.py` keeps the range honest by day, `guard.py` lets the simplest speak until another has earned it, `seer.py`
puts them together. Nothing here knows a clock, a table or a page.
"""
