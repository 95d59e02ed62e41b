PRIVATE where the manifest names the owner
