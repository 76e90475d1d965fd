"""Small check scripts for `make check`; each prints what it found and exits 1 when something must be mended."""
