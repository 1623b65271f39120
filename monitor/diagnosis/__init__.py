"""From a Run to its Diagnosis: whose work what is ill is, read from what works beside it."""
