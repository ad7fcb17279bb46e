"""Pages for people (网页): one step a page, whole without scripts."""
