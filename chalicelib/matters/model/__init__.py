"""Pure data and rules of service items (政务服务事项), of applications for them, and of the once-only ledger."""
