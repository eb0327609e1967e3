"""What people made of the machine's work and of each other's: changes, agreement, adjudication, what comes first."""
