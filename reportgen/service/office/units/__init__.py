"""What the units are asked for and send (部门反馈): links, drafts, returns, how they stand, the collection."""
