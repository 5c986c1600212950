/* Functions only: nothing that a declaration could name. */
