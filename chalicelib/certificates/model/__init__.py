"""Pure data and rules of certificates: their types, requests, papers and what these say."""
