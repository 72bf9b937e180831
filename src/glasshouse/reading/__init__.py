"""How a document is read: YAML into a tree that remembers places, fields by their forms, mistakes in a margin."""
