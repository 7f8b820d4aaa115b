"""The clerk (文书): makes the reports that are due, in a process of their own, keeps them, and puts them where people
get them.
"""
