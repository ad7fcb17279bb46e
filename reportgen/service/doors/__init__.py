"""Who asks, how much may be sent, what an error looks like (门户)."""
