"""Which block, row, column and cell of one content belongs to which of the other (对应关系)."""
