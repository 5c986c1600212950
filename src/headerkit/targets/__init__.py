"""Other targets than this machine's: those of wheels, filling the store for them, proving their layouts."""
