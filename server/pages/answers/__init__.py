"""What the API answers, as pydantic models, one module per audience: they are the document at /api/v1/openapi.json, and
the tests hold every answer against them. Nothing is checked or written by them while the hall works.
"""
