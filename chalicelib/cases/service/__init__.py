"""Opening cases, closing them, and what an administrator does about them."""
