curl "http://127.0.0.1:8000/v1/boards/main/entries?limit=3"
