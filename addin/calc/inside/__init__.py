"""What runs inside LibreOffice, with LibreOffice's own Python; nothing here is imported anywhere else."""
