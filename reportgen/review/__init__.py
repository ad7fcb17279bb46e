"""Looking at finished files (核对): what they say, read back from them."""
