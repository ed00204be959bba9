"""The store: replications kept in one file, each with a digest, between one study and the next."""
