"""What is decided in the hall, pure: plain data in, plain data out, `now` an argument.

No SQL, no Flask, no clock, no thread.
"""
