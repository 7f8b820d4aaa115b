"""HTTP and nothing else, one module per audience: routes, guards, problems, feeds. They decide nothing; verbs do."""
