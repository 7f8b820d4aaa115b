"""One TOML file per printer model, and the code that turns a slip into that model's bytes, and back into paper."""
