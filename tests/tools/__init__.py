"""Tests of the check scripts in tools/."""
