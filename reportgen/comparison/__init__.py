"""Two documents held against each other (比对): what each shows, how their parts pair, what differs."""
