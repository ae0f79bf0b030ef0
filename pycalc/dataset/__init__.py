"""The audit of chat fine-tuning files."""
