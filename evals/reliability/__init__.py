"""What ingestion does when something breaks: real servers, real faults, and a ledger of every reading."""
