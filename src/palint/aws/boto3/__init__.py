"""Static keys passed to boto3 and its relatives."""
