"""What vendors and gateways export of real usage, read into calls, tokens and money by use case and model."""
