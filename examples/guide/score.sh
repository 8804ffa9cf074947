curl http://127.0.0.1:8000/v1/boards/main/scores \
  -H "Authorization: Bearer $KEY" \
  -H "Content-Type: application/json" \
  -d '{"entries": [{"player": "ada", "displayName": "Ada", "score": 10}]}'
