"""What a worker process makes of an order (任务的做法); knows files and results, no rows."""
