"""The daily three-way reconciliation: our ledger, the payment app's bill, the hospitals' word. Changes no money."""
