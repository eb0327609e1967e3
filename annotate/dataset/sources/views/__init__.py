"""The views: one module a codebook, each with COLUMNS or what stands for them, and `write`."""
