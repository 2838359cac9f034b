"""What people write about assets."""
