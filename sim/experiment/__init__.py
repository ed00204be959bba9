"""Many replications: studies, who computes and keeps them, and what they prove."""
