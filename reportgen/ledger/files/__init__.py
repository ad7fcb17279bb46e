"""Files as tables (文件与表格): spreadsheets, text and Word files read as they show themselves; workbooks written."""
