"""Settings and policy: the model, reading them, their schema."""
