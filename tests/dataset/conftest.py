"""What the tests of the dataset share with those of the stories: the seeds as people annotated them."""

from __future__ import annotations

from tests.stories.conftest import annotated_seeds

__all__ = ["annotated_seeds"]
