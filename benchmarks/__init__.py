"""What is measured, never timed in a test: ratios within one run, beside a raw baseline, several rounds, medians."""
