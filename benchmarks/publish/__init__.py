"""How long a thread of a thousand posts and two hundred pictures takes to become each kind of document."""
