"""One report → a file set for each unit (各单位分送件): planned, rendered by an engine, put in place as one."""
