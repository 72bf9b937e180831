"""What the made pages of the reference say, one module for each sort of page."""
