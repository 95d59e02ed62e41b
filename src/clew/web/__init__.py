"""The reader in a browser: pages, an API and feeds over an archive, for those whom its owner lets in."""
