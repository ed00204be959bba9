"""Results for people: sentences, tables, pictures, timelines."""
