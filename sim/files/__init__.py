"""Files as they come and go: results whole or not at all, unvouched tables, folders of our own."""
