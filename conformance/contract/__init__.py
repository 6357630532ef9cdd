"""What is required: the specification, the catalogue, the permission oracle."""
