"""What a policy can do. One file is the whole story of one mechanism."""
