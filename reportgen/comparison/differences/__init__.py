"""What differs in text, structure and style (文字、结构、样式的差异), and what of it is told."""
