"""The electronic social-security card: bound by face, shown as a code, decoded once."""
