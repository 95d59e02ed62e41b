"""How fast posts are indexed and found, beside SQLite's FTS5 and tantivy itself."""
