"""Virtual boards, pads, raters and speech modules: they hear bytes as real ones do.

They import nothing that they check.
"""
