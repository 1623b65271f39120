"""Of the benchmarks what is not the measuring: comparisons, ratios, other tools."""
