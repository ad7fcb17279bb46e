"""A Word file as its reader sees it (Word 文件的有效内容和格式), floor 1."""
