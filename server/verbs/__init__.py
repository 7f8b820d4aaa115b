"""Whatever people and devices do in the hall: each verb one durable turn. The only ones that record."""
