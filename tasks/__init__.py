"""Jobs: two or three lines each over `workflows`, run by Celery."""
