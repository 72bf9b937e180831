"""What the engine finds where the answer is known on paper."""
