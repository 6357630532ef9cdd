"""The questions: one test module for each chapter of the documentation."""
