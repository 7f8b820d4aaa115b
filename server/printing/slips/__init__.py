"""What a slip says: a job's facts filled into the hall's form. Knows no bytes and no port."""
