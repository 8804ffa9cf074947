"""What any feature may use; knows no feature."""
