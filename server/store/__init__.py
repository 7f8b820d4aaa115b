"""Every line of SQL.

``database`` owns the file and its one writer, ``turn`` the reads and writes inside a transaction.
"""
