"""What each audience is shown, as plain JSON-able data. They read, ask the domain, and know no HTTP."""
