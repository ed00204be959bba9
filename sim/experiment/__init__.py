"""Many replications: this package holds studies, who computes and keeps them, and what they
prove."""
