"""A scenario as flat integer arrays: what the kernel reads. No number of a document is left a float here."""
