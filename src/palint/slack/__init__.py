"""Messages that code sends to Slack."""
