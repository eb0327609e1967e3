"""Record ↔ what stands in Label Studio: a task's data, its regions, relations and values, and the way back."""
