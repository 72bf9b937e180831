"""What is always true, whatever the documents say."""
