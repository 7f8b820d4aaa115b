"""Whatever a person typed, pasted or saved, on its way in: bytes, tables, TOML, text, numbers, days and times.

Read where one meaning is possible, else refused with the place and what to do. Pure: it opens no file, and knows
neither the hall nor HTTP.
"""
