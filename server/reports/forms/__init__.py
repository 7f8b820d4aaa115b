"""The forms of a report: sheets (tables of any form), charts, and the page, PDF, XLSX, CSV, HTML and poster made of
them.
"""
