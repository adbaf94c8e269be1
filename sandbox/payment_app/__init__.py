"""The payment app: its open platform's gateway, and what a citizen does in the app."""
