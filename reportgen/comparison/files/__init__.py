"""Files, folders and archives at the door of comparing (比对的文件): which belong together, what is ignored."""
