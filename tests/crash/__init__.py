"""The crash test: the real program is killed again and again between simulated platforms, and nothing may be lost or
done twice. `make crash` runs it whole, the test suite a short one. Begin at `run.py`; `verify.py` judges."""
