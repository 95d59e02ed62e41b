"""Search: the words of posts, the query language, the index on disk, and what is found.

It knows nothing of archives: what it indexes is handed in, change by change, and what it gives are places.
"""
