"""What describes a release: its card, its Croissant metadata, where it comes from, and what changed since the last."""
