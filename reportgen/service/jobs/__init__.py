"""The queue (任务队列): a process for each job, watched, bounded, and begun again after a restart."""
