"""Whether a candidate is a secret: features, the model, its weights."""
