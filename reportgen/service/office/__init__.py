"""What a person may do and what comes of it (业务): the one way in for pages and API."""
