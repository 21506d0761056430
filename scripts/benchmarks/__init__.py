"""What `scripts/bench` measures: `measure` runs and compares, `corpora` makes what is measured on, `rows` says what."""
