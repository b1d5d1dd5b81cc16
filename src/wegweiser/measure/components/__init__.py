"""What the parts of messages do: topic, tone, offer, and other declared attributes."""
