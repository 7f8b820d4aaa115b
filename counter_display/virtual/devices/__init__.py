"""The virtual devices: each reads its maker's bytes by code of its own, and shares neither code nor constants with
protocols/.
"""
