"""The campaign (可靠性演练): the rows of what can go wrong, what their tests counted, and the README's table of it."""
