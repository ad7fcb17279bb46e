"""The review copy (审阅副本): a Word file with a comment at the words of each finding."""
