"""The files that a report is set by (设置文件): their versions, the configuration's own values, what each is for."""
