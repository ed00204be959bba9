"""The compiled engine: the kernel and the decisions of policies as machine code, kept on disk."""
