PRIVATE, never opened
