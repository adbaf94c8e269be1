"""The social-security bureau: the register of physical cards, and the feed that tells the service of every change."""
