"""Files as they come and go: results whole or not at all, tables that nobody vouches for, folders of our own."""
