"""Questions to the store, one file per noun. Each is a part of `Reader`; a new question goes into its noun's file."""
