"""AWS: key values, the environment, credentials files, SDK calls, Secrets Manager."""
