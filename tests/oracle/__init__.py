"""The kernel against the slow reference, on random documents."""
