"""What a file shows (文件的内容), read from a Word file, a PDF, a workbook or a text file, in one form."""
