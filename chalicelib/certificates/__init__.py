"""Official certificates: catalogue, requests, issuing, download."""
