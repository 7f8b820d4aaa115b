"""手册 handbooks: one TOML file for each kind of work, as a page under ? and as two pages of paper."""
