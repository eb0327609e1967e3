"""A collection as one self-contained HTML page: per story, who says what through whom."""
